import { connectorNamed } from '../../../connectors/index.ts'
import { protocolOf } from '../../compile/target/preset.ts'
import { rule } from '../../lint/subject.ts'
import { targetBlocks } from '../../lint/targets.ts'
import { mapAt } from '../../schema/written-steps.ts'

/**
 * The lint rule (of `burn validate`) that warns of `localAddresses` (the addresses from which burn connects) without effect: on a target behind a
 * Unix socket, or with a protocol that opens its connections by itself.
 */
export const W_LOCAL_ADDRESSES = rule('W_LOCAL_ADDRESSES', (subject, report) => {
  for (const { block, base } of targetBlocks(subject)) {
    const protocol = protocolOf(block)
    const connector = connectorNamed(protocol)
    if (block.localAddresses === undefined || !connector) continue
    const path = [...base, 'localAddresses']
    if (!connector.localAddresses)
      report(path, 'key', `the protocol ${protocol} connects by itself: the system chooses the local address`)
    else if (mapAt(block, [protocol]).unixSocket !== undefined)
      report(path, 'key', 'a Unix socket has no addresses: these are not used', 'leave out localAddresses or unixSocket')
  }
})
