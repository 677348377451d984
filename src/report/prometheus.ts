import { snapshotOf } from '../export/points/snapshot.ts'
import { prometheusLines } from '../export/text/prometheus.ts'
import { atOnce } from '../pieces.ts'
import type { Reporter } from './text/reporter.ts'

/** The report format `prometheus`: the metrics of the run as a page that Prometheus scrapes, for the textfile collector of node_exporter. */
export const prometheus: Reporter = {
  render: (result) => `${atOnce(prometheusLines(atOnce(snapshotOf(result)))).join('\n')}\n`,
}
