import { Controller, Get, Header, StreamableFile } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { createReadStream } from 'node:fs';
import { TEST_CLIENT_PAGE } from '../runtime-files.js';

/** A page that speaks to this server as any Socket.IO client would. */
@ApiExcludeController()
@Controller('test-client')
export class TestClientController {
  @Get()
  @Header('Cache-Control', 'no-cache')
  page(): StreamableFile {
    return new StreamableFile(createReadStream(TEST_CLIENT_PAGE), { type: 'text/html; charset=utf-8' });
  }
}
