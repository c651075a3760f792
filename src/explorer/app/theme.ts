import { computed, signal } from '@preact/signals'

const system = matchMedia('(prefers-color-scheme: dark)')
const systemDark = signal(system.matches)
system.addEventListener('change', ({ matches }) => {
  systemDark.value = matches
})

const storedTheme = 'acme-profiler-theme'

/** What the person chose; the system's where nothing. */
const chosen = signal(localStorage.getItem(storedTheme))

export const isDark = computed(() => (chosen.value === null ? systemDark.value : chosen.value === 'dark'))

export function toggleTheme(): void {
  const next = isDark.value ? 'light' : 'dark'
  const isSystem = (next === 'dark') === systemDark.value
  chosen.value = isSystem ? null : next
  if (isSystem) localStorage.removeItem(storedTheme)
  else localStorage.setItem(storedTheme, next)
}

/** Called in an effect: the style sheet reads it from the root element. */
export function applyTheme(): void {
  document.documentElement.dataset.theme = isDark.value ? 'dark' : 'light'
}
