// first: it compiles what Angular's packages leave to the one who links them
import '@angular/compiler';
import { answerCalls } from '../../test-processes/calls.ts';
import { RollbackCampaign, type RollbackFigures } from './campaign.ts';

answerCalls({ rollBack });

/** As many rollbacks as fit, and at least so many. */
async function rollBack({ seed, seconds, least }: { seed: number; seconds: number; least: number }): Promise<readonly RollbackFigures[]> {
  const campaign = await RollbackCampaign.open(seed);
  const deadline = Date.now() + seconds * 1000;
  const done: RollbackFigures[] = [];
  try {
    for (const kind of campaign.kinds()) {
      if (done.length >= least && Date.now() >= deadline) break;
      done.push(await campaign.rollBack(kind));
    }
    return done;
  } finally {
    await campaign.close();
  }
}
