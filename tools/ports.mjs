// The two ports of the demo, from the environment, and how to tell that one is taken.
import { createServer } from 'node:net';

/** An error for the person at the keyboard: its message is all they need, without a stack. */
export class PortError extends Error {}

function portFrom(variable, fallback) {
  const text = process.env[variable] || String(fallback);
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65535)
    throw new PortError(`${variable}=${text} is no port: use a number from 1 to 65535.`);
  return { variable, port };
}

export const gatewayPort = () => portFrom('PORT', 3333);
export const consolePort = () => portFrom('CONSOLE_PORT', 4200);

/** Where the console finds the gateway. */
export const gatewayUrl = () => process.env.GATEWAY_URL || `http://127.0.0.1:${gatewayPort().port}`;

function listenOn(port) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const { port: bound } = server.address();
      server.close(() => resolve(bound));
    });
  });
}

/** A port that nobody uses at the moment. */
export const freePort = () => listenOn(0);

/** Rejects with a {@link PortError} that names the port and the variable that changes it. */
export async function requireFreePort(who, { variable, port }) {
  await listenOn(port).catch((error) => {
    const why = error.code === 'EADDRINUSE' ? 'already in use' : `not available (${error.code})`;
    throw new PortError(
      `Port ${port} of the ${who} is ${why}. Stop what uses it, or set ${variable} to another port, for example ${variable}=${port + 1}.`,
    );
  });
}

/** Runs a script's main function; a {@link PortError} ends it with its sentence alone. */
export async function withPortErrors(main) {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof PortError)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}
