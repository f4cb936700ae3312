import express from 'express';
import type { HttpAdapterHost } from '@nestjs/core';
import type { IncomingMessage } from 'node:http';
import { ClientAddresses, holderOf } from './client-address.js';

const request = (remoteAddress: string, forwarded?: string) =>
  // as much of a request as says where it comes from
  ({ socket: { remoteAddress }, headers: { ...(forwarded !== undefined && { 'x-forwarded-for': forwarded }) } }) as IncomingMessage;

function addressesOf(trustProxy: unknown): ClientAddresses {
  const app = express();
  app.set('trust proxy', trustProxy);
  // as much of the host as is asked
  return new ClientAddresses({ httpAdapter: { getInstance: () => app } } as unknown as HttpAdapterHost);
}

describe('ClientAddresses', () => {
  it.each([
    ['no proxy is trusted', false, '9.9.9.9, 8.8.8.8', '10.0.0.1'],
    ['one is in front', 1, '9.9.9.9, 8.8.8.8', '8.8.8.8'],
    ['two are', 2, '9.9.9.9, 8.8.8.8', '9.9.9.9'],
    ['more than there are addresses', 5, '9.9.9.9', '9.9.9.9'],
    ['some are named', ['10.0.0.0/8'], '9.9.9.9, 10.1.1.1', '9.9.9.9'],
    ['the first is none of them', ['172.16.0.0/12'], '9.9.9.9', '10.0.0.1'],
    ['nothing was forwarded', 1, undefined, '10.0.0.1'],
    ['what was forwarded is empty', 1, ' , ', '10.0.0.1'],
  ])('[L1] believes what the host believes: %s', (_, trustProxy, forwarded, address) =>
    expect(addressesOf(trustProxy).of(request('10.0.0.1', forwarded))).toBe(address),
  );

  it('[L1] says what the socket says where there is no Express', () => {
    // a host without a server
    const addresses = new ClientAddresses({} as HttpAdapterHost);
    expect(addresses.of(request('10.0.0.1', '9.9.9.9'))).toBe('10.0.0.1');
  });
});

describe('holderOf', () => {
  it.each([
    ['10.0.0.1', '10.0.0.1'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:1:2::1', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['', ''],
  ])('[L1] takes %s for one of %s', (address, holder) => expect(holderOf(address)).toBe(holder));
});
