import { addressOf, movedTo } from './redis-address.js';

describe('where a node of a Redis Cluster is', () => {
  it.each([
    ['redis://10.0.0.1:7000', { host: '10.0.0.1', port: 7000 }],
    ['rediss://me:secret@redis.example', { host: 'redis.example', port: 6379 }],
    ['redis://[::1]:7001', { host: '::1', port: 7001 }],
  ])('is told by %s', (url, address) => expect(addressOf(url)).toEqual(address));

  it.each([
    ['MOVED 3999 10.0.0.2:6381', { host: '10.0.0.2', port: 6381 }],
    ['MOVED 3999 ::1:6381', { host: '::1', port: 6381 }],
    ['MOVED 3999 :6381', { host: 'own', port: 6381 }],
    ['READONLY You can’t write against a read only replica.', null],
  ])('is told by %s', (message, address) => expect(movedTo(new Error(message), 'own')).toEqual(address));
});
