/** Connections of the client under test; those that only ask for `/__mock/…` are left out. */

export interface ConnectionStats {
  readonly connectionsOpen: number
  /** Since the start or the last reset. */
  readonly connectionsAccepted: number
}

/** Counts connections by what they are used for. A fresh one counts until it turns out to be for control only. */
export class Connections {
  private readonly open = new Map<object, 'fresh' | 'used' | 'control'>()
  private accepted = 0

  accept(socket: object): void {
    this.open.set(socket, 'fresh')
    this.accepted += 1
  }

  /** A request of the client under test came over it. */
  use(socket: object): void {
    if (this.open.get(socket) === 'control') this.accepted += 1
    this.open.set(socket, 'used')
  }

  /** A control request came over it. */
  control(socket: object): void {
    if (this.open.get(socket) !== 'fresh') return
    this.open.set(socket, 'control')
    this.accepted -= 1
  }

  drop(socket: object): void {
    this.open.delete(socket)
  }

  /** Counts accepted connections from zero again; those of before stay open, and are not control's to take back. */
  reset(): void {
    this.accepted = 0
    for (const [socket, state] of this.open) if (state === 'fresh') this.open.set(socket, 'used')
  }

  stats(): ConnectionStats {
    const open = [...this.open.values()].filter((state) => state !== 'control').length
    return { connectionsOpen: open, connectionsAccepted: this.accepted }
  }
}
