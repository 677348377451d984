/** A comparison in Markdown. */
import { expect, test } from 'vitest'
import { comparisonFormats } from '../../../src/report/comparison/index.ts'
import { COMPARISON } from './compared.ts'

test('Markdown has the same, and nothing that the names of runs could do', () => {
  expect(comparisonFormats.md(COMPARISON)).toMatchInlineSnapshot(`
    "## WORSE: B is worse: ttft p50

    - A: base (1,043 attempts, passed)
    - B: new\\\\u{1b}\\[31m&lt;b&gt; (1,043 attempts, could not test)

    | metric | A | B | change | bounds | limit | verdict |
    | --- | --: | --: | --: | --- | --: | --- |
    | **ttft p50** | 212ms | 228ms | +7.5% | +3.1% .. +13% | 5% | **WORSE** |
    | **ttft p95** | 410ms | 421ms | +2.7% | -4.4% .. +11% | 5% | **UNCLEAR (2.2x data)** |
    | **errors** | 0.38% | 0.48% | +0.10pp | -0.60pp .. +0.80pp | 1pp | **SAME** |
    | rate | 20/s | 19.8/s | 0.0% | -2% .. +2% | 5% | SAME |
    | ttft p99 | 212ms | – | – |  | 5% | UNCLEAR (among time-outs) |

    Bold lines decide: run together, block by block of time, 20 blocks, whose middle the change of p50 is; the bounds of these lines hold together with 99% confidence; seed 7.

    - note: the loads differ: 1 against 2
    "
  `)
})
