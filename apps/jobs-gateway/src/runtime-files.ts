// Files that are read or started while the server runs. This file lies beside main.ts, so that its addresses are right
// both in the source tree (specs) and beside the bundle that the build makes.
const script = import.meta.url.endsWith('.ts') ? 'mts' : 'js';

/** The thread that reads PDFs. */
export const PDF_PAGES_WORKER = new URL(`./handlers/pdf-pages.worker.${script}`, import.meta.url);

/** The page at `/test-client`. */
export const TEST_CLIENT_PAGE = new URL('./test-client/test-client.html', import.meta.url);
