/** Numbers texts in the order in which they first come. */
export class Names {
  private readonly ids = new Map<string, number>()
  private readonly texts: string[] = []

  /** `texts` keep their places, repeated ones too; `id` then gives the last of them. */
  constructor(texts: readonly string[] = []) {
    for (const text of texts) this.append(text)
  }

  id(text: string): number {
    return this.ids.get(text) ?? this.append(text)
  }

  all(): string[] {
    return this.texts
  }

  private append(text: string): number {
    const id = this.texts.push(text) - 1
    this.ids.set(text, id)
    return id
  }
}
