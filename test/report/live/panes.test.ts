/** The panes of the live view. */
import { expect, test } from 'vitest'
import { renderLive } from '../../../src/report/live/block.ts'
import { view } from './view.ts'

const look = { width: 80, color: false, unicode: true }

test('observed servers have a pane; one that never answered is no healthy one', () => {
  const servers = [
    { host: 'gpu-1:8000', facts: ['running 4', 'waiting 12'], failed: null },
    { host: 'gpu-2:8000', facts: [], failed: 'status 404\u001b[31m' },
  ]
  const text = renderLive({ ...view, servers }, { ...look, height: 60 }).join('\n')
  expect(text).toContain('gpu-1:8000 · running 4 · waiting 12')
  expect(text).toMatch(/gpu-2:8000 · no answer: status 404(?!\u001b)/)
  expect(renderLive(view, { ...look, height: 60 }).join('\n')).not.toContain('observed servers')
})
