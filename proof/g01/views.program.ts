// first: it compiles what Angular's packages leave to the one who links them
import '@angular/compiler';
import { setMaxListeners } from 'node:events';
import { Campaign, type CampaignOptions } from './campaign.ts';

/** Runs one campaign in a process of its own: its options come as JSON, its figures go as one line. */
// many pages share one document here
setMaxListeners(0);
// both ends are ours, see runCampaign
const options = JSON.parse(process.argv[2] ?? '{}') as CampaignOptions;
process.stdout.write(`${JSON.stringify(await Campaign.run(options))}\n`);
process.exit(0);
