import 'reflect-metadata';
import { Worker } from 'bullmq';
import { live } from './live.fixture.js';
import { sendInvoices, type Invoices } from './send-invoices.fixture.js';
import { url } from './settings.fixture.js';

const connection = { url, maxRetriesPerRequest: null };
const worker = new Worker<Invoices>('invoices', live.processor(sendInvoices), { connection, lockDuration: 1000, stalledInterval: 300 });

await worker.waitUntilReady();
process.stdout.write('ready\n');
