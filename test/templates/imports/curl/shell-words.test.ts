import { describe, expect, test } from 'vitest'
import { shellScript } from '../../../../src/templates/imports/curl/shell-words.ts'

describe('words of a shell', () => {
  test.each([
    ['a > out 2>&1 b', [['a', 'b']]],
    ['a &> out; b 2>/dev/null', [['a'], ['b']]],
    ['a < in', [['a']]],
    ['a `\n b', [['a', 'b']]],
    ['a "x $"', [['a', 'x $']]],
    ['a 1>x 22 b', [['a', '22', 'b']]],
  ])('%j', (text, words) => {
    expect(shellScript(text, []).map((command) => command.words)).toEqual(words)
  })

  test.each([
    ["a <<'E'\n$x\nE\nb", '$x\n'],
    ['a <<-E\n\tone\n\tE', 'one\n'],
    ['a <<< word', 'word\n'],
    ['echo -n x | a', 'x'],
    ['cat <<E | a\none\\$\nE', 'one$\n'],
  ])('what %j reads', (text, input) => {
    expect(shellScript(text, []).find(({ words }) => words[0] === 'a')?.input).toBe(input)
  })
})
