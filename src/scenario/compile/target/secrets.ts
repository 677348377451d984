/** Collects the secrets in the blocks of a scenario, which no output may show. */
import { secretsOf } from '../../../auth/index.ts'
import { connectorNamed } from '../../../connectors/index.ts'
import { proxySecrets } from '../../../connectors/wire/proxy.ts'
import { webhookSecrets } from '../../../notify/secrets.ts'
import type { WrittenAccess } from '../../../observe/asking/access.ts'
import { isSecretName } from '../../../text/secrets.ts'
import { judgeBlock } from '../../schema/judge.ts'
import type { Scenario } from '../../schema/schema.ts'
import { type TargetBlock, targetsOf } from '../../schema/target.ts'

/**
 * Returns the secret values in a scenario's targets, judge, webhooks, exports, observed servers, machines and health checks, so that they can be
 * masked in output.
 */
export function blockSecrets(scenario: Scenario): string[] {
  const judge = judgeBlock(scenario)
  const blocks = [...Object.values(targetsOf(scenario)), ...(judge ? [judge] : [])]
  const exported = (scenario.export ?? []).flatMap(({ secrets }) => secrets)
  const { observe = [], monitor = [], health = [] } = scenario
  const beside: readonly WrittenAccess[] = [...observe, ...monitor, ...health]
  return [
    ...blocks.flatMap(targetSecrets),
    ...beside.flatMap(({ headers, proxy = '' }) => [...headerSecrets(headers), ...proxySecrets(proxy)]),
    ...(scenario.webhooks ?? []).flatMap(webhookSecrets),
    ...exported,
  ]
}

/** Returns the secret values in a target block, such as tokens and passwords, so that they can be masked in output. */
function targetSecrets(block: TargetBlock): string[] {
  const inUrl = /^[a-z][a-z0-9+.-]*:\/\/[^/@]*:([^/@]+)@/i.exec(block.url ?? '')?.[1]
  return [
    ...(block.auth ? secretsOf(block.auth) : []),
    ...(inUrl ? [inUrl] : []),
    ...headerSecrets(block.headers),
    ...(block.tls?.passphrase ? [block.tls.passphrase] : []),
    ...Object.entries(block).flatMap(([key, own]) => (own === undefined ? [] : (connectorNamed(key)?.secrets?.(own) ?? []))),
  ]
}

function headerSecrets(headers: Readonly<Record<string, string>> = {}): string[] {
  const secret = Object.entries(headers).filter(([name]) => isSecretName(name))
  return secret.map(([, value]) => value.replace(/^(Bearer|Basic|Token)\s+/i, ''))
}
