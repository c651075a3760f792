/** Hands a file to the person. */
export function save(bytes: Blob | null | undefined, name: string): void {
  if (!bytes) return
  const link = document.createElement('a')
  link.href = URL.createObjectURL(bytes)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
