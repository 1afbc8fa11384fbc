import type { StatisticsResp } from '@eventstore/db-client/generated/projections_pb.js'
import type { Log } from '../log/log.js'
import { projections } from '../wire/generated.js'
import type { Managed } from './managed.js'

/** How the server describes a projection. */
export const toDetails = (log: Log, { name, kept, progress, status, reason, running, ranAs }: Managed): StatisticsResp.Details => {
  const details = new projections.StatisticsResp.Details()
  const place = progress.place || (running?.beginning ?? '')
  const done = !running || progress.next >= log.records.length
  details.setName(name)
  details.setEffectivename(name)
  details.setMode('Continuous')
  details.setStatus(status)
  details.setStatereason(reason)
  details.setVersion(String(ranAs))
  details.setEpoch(String(kept.epoch))
  details.setPosition(place)
  details.setLastcheckpoint(place)
  // Before the first event the server knows no progress either.
  details.setProgress(progress.place === '' ? -1 : done ? 100 : (100 * progress.next) / log.records.length)
  details.setPartitionscached(progress.partitions.size)
  details.setEventsprocessedafterrestart(String(progress.handled))
  details.setCoreprocessingtime('0')
  details.setBufferedevents('0')
  return details
}
