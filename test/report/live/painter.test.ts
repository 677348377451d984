import { describe, expect, test } from 'vitest'
import { LivePainter } from '../../../src/report/live/painter.ts'

describe('LivePainter', () => {
  /** A terminal that keeps its lines, also those above the screen, and understands what the painter sends. */
  class Screen {
    lines: string[] = ['$ burn']
    /** Line on which the cursor is. */
    cursor = 1
    hidden = false
    wraps = true
    writes = 0
    columns: number | undefined = 80
    rows = 24
    writableNeedDrain = false
    /** Line on the first row of the screen. */
    private top = 0
    /** The row that is remembered, counted from the top of the screen. */
    private saved = 0

    write(text: string): void {
      this.writes += 1
      for (const [piece] of text.matchAll(/\x1b\[\?25[lh]|\x1b\[\?7[lh]|\x1b\[(\d*)[AJ]|\x1b[78]|[\r\n]|[^\x1b\r\n]+/g))
        this.take(piece)
    }

    /** What the terminal makes of keys while a program that does not read them runs. */
    type(keys: string): void {
      for (const [piece] of keys.matchAll(/\n|[^\n]+/g)) this.take(piece)
    }

    private take(piece: string): void {
      if (piece === '\x1b[?25l' || piece === '\x1b[?25h') this.hidden = piece.endsWith('l')
      else if (piece === '\x1b[?7l' || piece === '\x1b[?7h') this.wraps = piece.endsWith('h')
      else if (piece === '\x1b7') this.saved = this.cursor - this.top
      else if (piece === '\x1b8') this.cursor = this.top + this.saved
      else if (piece.endsWith('A') && piece.startsWith('\x1b')) this.cursor -= Number(piece.slice(2, -1))
      else if (piece === '\x1b[J') this.lines.length = Math.min(this.lines.length, this.cursor)
      else if (piece === '\n') {
        this.cursor += 1
        this.top = Math.max(this.top, this.cursor - this.rows + 1)
      } else if (piece !== '\r') this.lines[this.cursor] = piece
    }
  }

  test('a frame takes the place of the one before, in one write', () => {
    const screen = new Screen()
    const painter = new LivePainter(screen)
    painter.paint(['a', 'b', 'c'])
    expect(screen.lines).toEqual(['$ burn', 'a', 'b', 'c'])
    painter.paint(['d'])
    expect(screen.lines).toEqual(['$ burn', 'd'])
    painter.paint(['e', 'f'])
    expect(screen.lines).toEqual(['$ burn', 'e', 'f'])
    expect(screen.writes).toBe(3)
    expect([screen.hidden, screen.wraps]).toEqual([true, true])
  })

  test('other text goes above the block', () => {
    const screen = new Screen()
    const painter = new LivePainter(screen)
    painter.paint(['a', 'b'])
    painter.erase()
    screen.write('note\n')
    painter.paint(['c'])
    expect(screen.lines).toEqual(['$ burn', 'note', 'c'])
  })

  test('stop takes the block away and gives the cursor back, once', () => {
    const screen = new Screen()
    const painter = new LivePainter(screen)
    painter.stop()
    expect(screen.writes).toBe(0)
    painter.paint(['a', 'b'])
    painter.stop()
    const writes = screen.writes
    painter.stop()
    expect(screen.writes).toBe(writes)
    expect(screen).toMatchObject({ lines: ['$ burn'], hidden: false, wraps: true, cursor: 1 })
  })

  test('while the terminal is busy, frames are left out whole', () => {
    const screen = new Screen()
    const painter = new LivePainter(screen)
    painter.paint(['a', 'b'])
    screen.writableNeedDrain = true
    painter.paint(['c'])
    expect(screen.writes).toBe(1)
    screen.writableNeedDrain = false
    painter.paint(['d'])
    expect(screen.lines).toEqual(['$ burn', 'd'])
  })

  test.each(['\n', '\n\n', 'ls', 'ls\n', 'a\nb\n'])('what somebody types leaves nothing behind: %j', (keys) => {
    for (const rows of [24, 5]) {
      const screen = new Screen()
      screen.rows = rows
      screen.write('one\ntwo\n')
      const painter = new LivePainter(screen)
      painter.paint(['a', 'b', 'c'])
      screen.type(keys)
      painter.paint(['d', 'e', 'f'])
      expect(screen.lines).toEqual(['$ burn', 'one', 'two', 'd', 'e', 'f'])
      screen.type(keys)
      painter.erase()
      screen.write('note\n')
      painter.paint(['g'])
      expect(screen.lines).toEqual(['$ burn', 'one', 'two', 'note', 'g'])
    }
  })

  test('in a window of another size the block is where the cursor is', () => {
    const screen = new Screen()
    const painter = new LivePainter(screen)
    painter.paint(['a', 'b'])
    screen.columns = 40
    // The terminal broke a line above in two, and moved what is below, cursor and all.
    screen.lines.splice(0, 1, '$ bu', 'rn')
    screen.cursor += 1
    painter.paint(['c', 'd'])
    expect(screen.lines).toEqual(['$ bu', 'rn', 'c', 'd'])
  })
})
