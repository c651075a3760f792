import { keyRefused, useKey } from '../api/client'

/** Asked for where the intake has keys. */
export function KeyForm() {
  return (
    <form
      class="notice"
      onSubmit={(event) => {
        event.preventDefault()
        useKey(String(new FormData(event.currentTarget).get('key')).trim())
      }}
    >
      <h2>This intake asks for a key</h2>
      {keyRefused.value && <p role="alert">The key that was given is none of this intake's.</p>}
      <p>One of those in ACME_INTAKE_KEYS. It stays in this tab.</p>
      <div class="row">
        <input name="key" type="password" autocomplete="off" required aria-label="Key" />
        <button type="submit" class="primary">
          Open
        </button>
      </div>
    </form>
  )
}
