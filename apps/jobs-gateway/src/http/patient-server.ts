import { ExpressAdapter } from '@nestjs/platform-express';
import { createServer } from 'node:http';

/** How long a connection has to say what it wants: its headers whole, ms. */
const HEADERS_MS = 8000;
/** So often it is looked, ms. */
const LOOK_EVERY_MS = 1000;

/**
 * Express on an HTTP server that closes within ten seconds whoever connects and says nothing, or says it too slowly [G10];
 * Node looks only twice a minute by itself, and can be told so only when the server is made.
 */
export class PatientExpress extends ExpressAdapter {
  override initHttpServer(): void {
    this.setHttpServer(createServer({ headersTimeout: HEADERS_MS, connectionsCheckingInterval: LOOK_EVERY_MS }, this.getInstance()));
  }
}
