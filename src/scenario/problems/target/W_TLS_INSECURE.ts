import { rule } from '../../lint/subject.ts'
import { targetBlocks } from '../../lint/targets.ts'

/** The lint rule (of `burn validate`) that warns of a target with `tls.insecure`, whose certificate is not checked. */
export const W_TLS_INSECURE = rule('W_TLS_INSECURE', (subject, report) => {
  for (const { block, base } of targetBlocks(subject)) {
    if (!block.tls?.insecure) continue
    report([...base, 'tls', 'insecure'], 'value', 'any certificate is accepted; every report will say so')
  }
})
