import 'reflect-metadata';
import { HANDLERS, say } from './handlers.fixture.js';
import { startNode, type NodeSettings } from './node.fixture.js';

// a worker process for the specs; its settings are its first argument
await startNode(JSON.parse(process.argv[2] ?? '') as NodeSettings, HANDLERS);
say('ready');
