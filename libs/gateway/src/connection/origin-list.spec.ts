import { OriginList } from './origin-list.js';

describe('OriginList', () => {
  const list = new OriginList(['https://console.example/', 'http://localhost:4200']);

  it.each([
    [undefined, 'api.example', true],
    ['https://console.example', 'api.example', true],
    ['http://localhost:4200', 'api.example', true],
    ['https://api.example', 'api.example', true],
    ['http://api.example:3333', 'api.example:3333', true],
    ['https://console.example:8443', 'api.example', false],
    ['http://console.example', 'api.example', false],
    ['https://console.example.evil', 'api.example', false],
    ['https://api.example.evil', 'api.example', false],
    ['http://api.example:4444', 'api.example:3333', false],
    ['null', 'api.example', false],
    ['', 'api.example', false],
    ['https://', undefined, false],
    ['https://api.example', undefined, false],
  ])('[G12] origin %j at host %j: %j', (origin, host, allowed) => {
    expect(list.allows({ ...(origin !== undefined && { origin }), ...(host !== undefined && { host }) })).toBe(allowed);
  });

  it.each(['*', '', 'console.example', 'file:///tmp', 'null'])('refuses %j in its list', (origin) => {
    expect(() => new OriginList([origin])).toThrow('is no origin');
  });
});
