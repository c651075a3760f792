/** What a worker sends back: the answer, or what to say to the person. */
export type Reply<Answer> = { answer: Answer } | { error: string }

/** In a worker: answers the one question that it is asked. */
export function answerOne<Question, Answer>(answer: (question: Question) => Answer | Promise<Answer>): void {
  addEventListener('message', async ({ data }: MessageEvent<Question>) => {
    try {
      postMessage({ answer: await answer(data) } satisfies Reply<Answer>)
    } catch (error) {
      postMessage({ error: error instanceof Error ? error.message : String(error) } satisfies Reply<Answer>)
    }
  })
}
