import { Controller, Get, Header, Res, StreamableFile } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { contentSecurityPolicy } from '../http/security-headers.js';
import { TEST_CLIENT_PAGE } from '../runtime-files.js';

/** A page that speaks to this server as any Socket.IO client would. */
@ApiExcludeController()
@Controller('test-client')
export class TestClientController {
  @Get()
  @Header('Cache-Control', 'no-cache')
  async page(@Res({ passthrough: true }) response: { setHeader: (name: string, value: string) => void }): Promise<StreamableFile> {
    const page = await readFile(TEST_CLIENT_PAGE, 'utf8');
    // the one script in the page, and nothing that might get into it
    const [, script = ''] = /<script>([^]*?)<\/script>/.exec(page) ?? [];
    const hash = createHash('sha256').update(script).digest('base64');
    response.setHeader('Content-Security-Policy', contentSecurityPolicy([`'sha256-${hash}'`]));
    return new StreamableFile(Buffer.from(page), { type: 'text/html; charset=utf-8' });
  }
}
