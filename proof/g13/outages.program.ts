// first: it compiles what Angular's packages leave to the one who links them
import '@angular/compiler';
import { answerCalls } from '../../test-processes/calls.ts';
import { OutageCampaign, type OutageFigures } from './campaign.ts';

answerCalls({ suffer });

/** As many outages as fit, and at least so many. */
async function suffer({ seed, seconds, least }: { seed: number; seconds: number; least: number }): Promise<readonly OutageFigures[]> {
  const campaign = await OutageCampaign.open(seed);
  const deadline = Date.now() + seconds * 1000;
  const suffered: OutageFigures[] = [];
  try {
    for (const outage of campaign.outages()) {
      if (suffered.length >= least && Date.now() >= deadline) break;
      suffered.push(await campaign.suffer(outage));
    }
    return suffered;
  } finally {
    await campaign.close();
  }
}
