import { UsageError } from '../../errors.ts'

/**
 * The choice of which attempts a run's journal records: all, failed ones, none or a sample. A sample consists of whole iterations, so that
 * conversations are complete.
 */
export type JournalLevel =
  | { readonly kind: 'all' }
  | { readonly kind: 'errors' }
  | { readonly kind: 'none' }
  | { readonly kind: 'sample'; readonly share: number }

const WORDS = ['all', 'errors', 'none'] as const

/**
 * Parses the user's choice of which attempts the journal records: `all`, `errors`, `none`, or `sample:0.1` for a tenth of the iterations.
 * @throws UsageError for anything else
 */
export function parseJournalLevel(text: string): JournalLevel {
  const word = WORDS.find((known) => known === text)
  if (word) return { kind: word }
  const share = /^sample:(\d*\.?\d+)$/.exec(text)?.[1]
  if (share !== undefined && Number(share) > 0 && Number(share) <= 1) return { kind: 'sample', share: Number(share) }
  throw new UsageError(
    `unknown log level "${text.slice(0, 40)}"`,
    'expected all, errors, none or sample:SHARE with a share above 0 and at most 1, such as sample:0.1',
  )
}

/** Returns which attempts a run's journal records (all, failed ones, a sample …) in the form that the command line takes, such as `sample:0.1`. */
export function journalLevelText(level: JournalLevel): string {
  return level.kind === 'sample' ? `sample:${level.share}` : level.kind
}
