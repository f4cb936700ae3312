import { Injectable } from '@nestjs/common';

/**
 * How often this node had to mend what its sockets were told, since it started: for metrics. Outside outages of the store
 * all of it stays as it is.
 *
 * @example const { missed, untold, sockets } = app.get(RepairCounts);
 */
@Injectable()
export class RepairCounts {
  /** How often the store said that something was missed, or began another epoch [F2]. */
  missed = 0;
  /** How many jobs were found in a state that the store had never told of [F3]. */
  untold = 0;
  /** How many sockets were taken out of their rooms and asked anew, for either reason. */
  sockets = 0;
}
