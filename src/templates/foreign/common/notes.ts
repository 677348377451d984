/** What a conversion has to say: what is told, what was left out, and what cannot be meant. */

export interface Note {
  /** note: how something was understood; warning: it was left out; error: it cannot be what was meant. */
  readonly severity: 'note' | 'warning' | 'error'
  readonly text: string
  /** Place in the file; undefined for one about the whole of it. */
  readonly path: readonly (string | number)[] | undefined
  readonly hint?: string | undefined
}

/** Where a note is put. */
export interface NoteSink {
  push(text: string): unknown
}

/** The notes of one conversion, each once. */
export class Notes implements NoteSink {
  private readonly notes = new Map<string, Note>()

  /** Tells how something was understood. */
  push(text: string): void {
    this.add({ severity: 'note', text, path: undefined })
  }

  add(note: Note): void {
    if (!this.notes.has(note.text)) this.notes.set(note.text, note)
  }

  get all(): Note[] {
    return [...this.notes.values()]
  }
}

/** `a.b.0` as a path of keys and indexes. */
export function pathOfName(name: string): (string | number)[] {
  return name.split('.').map((key) => (/^\d+$/.test(key) ? Number(key) : key))
}
