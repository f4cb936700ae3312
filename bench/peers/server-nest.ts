import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ConnectedSocket, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import type { Socket } from 'socket.io';
import type { Serve } from '../server/node/served.ts';

/** A bare Nest gateway: a client may join its room, and nothing is known of anybody. */
@WebSocketGateway()
class RoomGateway {
  @SubscribeMessage('jobs:subscribe:user')
  join(@ConnectedSocket() client: Socket): void {
    void client.join('user:jobs');
  }
}

/** The bare gateway in an application of its own; it tells nothing. */
export const serve: Serve = async () => {
  @Module({ providers: [RoomGateway] })
  class AppModule {}

  const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
  await app.listen(0, '127.0.0.1');
  return { port: Number(new URL(await app.getUrl()).port), tell: () => undefined };
};
