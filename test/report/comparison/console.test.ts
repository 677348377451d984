/** A comparison on the terminal. */
import { expect, test } from 'vitest'
import { comparisonFormats } from '../../../src/report/comparison/index.ts'
import { displayWidth } from '../../../src/text/display-width.ts'
import { COMPARISON } from './compared.ts'

const LOOK = { color: false, width: 100, unicode: true }

test('the terminal gets the verdict first, then what decides', () => {
  expect(comparisonFormats.console(COMPARISON, LOOK)).toMatchInlineSnapshot(`
    "WORSE  B is worse: ttft p50
    A  base · 1,043 attempts · passed
    B  new\\u{1b}[31m<b> · 1,043 attempts · could not test

    metric          A       B   change  bounds              delta  limit  verdict
    ttft p50 *  212ms   228ms    +7.5%  +3.1% .. +13%        0.13     5%  WORSE
    ttft p95 *  410ms   421ms    +2.7%  -4.4% .. +11%        0.13     5%  UNCLEAR (2.2x data)
    errors *    0.38%   0.48%  +0.10pp  -0.60pp .. +0.80pp           1pp  SAME
    rate         20/s  19.8/s     0.0%  -2% .. +2%                    5%  SAME
    ttft p99    212ms       –        –                       0.13     5%  UNCLEAR (among time-outs)

    run together, block by block of time, 20 blocks, whose middle the change of p50 is; the bounds of
    the lines marked * hold together with 99% confidence; seed 7
    ! the loads differ: 1 against 2
    "
  `)
})

test.each([40, 60, 80, 120])('no line is wider than a terminal of %d columns', (width) => {
  const lines = comparisonFormats.console(COMPARISON, { ...LOOK, width }).split('\n')
  expect(lines.filter((line) => displayWidth(line) > width)).toEqual([])
  expect(lines.join(' ')).toContain('+7.5%')
})
