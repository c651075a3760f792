/** Numbers texts in the order in which they first come. */
export class Names {
  private readonly ids = new Map<string, number>()

  id(text: string): number {
    const known = this.ids.get(text)
    if (known !== undefined) return known
    this.ids.set(text, this.ids.size)
    return this.ids.size - 1
  }

  all(): string[] {
    return [...this.ids.keys()]
  }
}
