import { Logger } from '@nestjs/common';
import { untilItWorks } from './until-it-works.js';

const logger = new Logger('until it works');
logger.localInstance.setLogLevels?.(['fatal']);

describe('what may fail', () => {
  it('is done again until it works', async () => {
    let tries = 0;
    const work = () => (++tries < 2 ? Promise.reject(new Error('Away.')) : Promise.resolve());
    await untilItWorks(work, () => true, logger);
    expect(tries).toBe(2);
  });

  it('is left alone when nobody wants it any more', async () => {
    let tries = 0;
    const work = () => Promise.reject(++tries);
    await untilItWorks(work, () => tries < 1, logger);
    await untilItWorks(work, () => false, logger);
    expect(tries).toBe(1);
  });
});
