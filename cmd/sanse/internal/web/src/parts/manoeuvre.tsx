import type { DirectionStep } from '../api.ts'
import { arrow, bend, clauses } from '../manoeuvre.ts'

/** StepLine is one thing to do on the way: what to look for at a glance, then in words. */
export function StepLine({ step }: { step: DirectionStep }) {
  return (
    <li data-type={step.type}>
      <Sign step={step} />
      <p data-testid="step">
        {clauses(step.text).map((c, i) => (
          <span key={i}>{c}</span>
        ))}
      </p>
    </li>
  )
}

/** Sign is the arrow of a turn or bend, a dot where a way begins, a pin where it ends. It adds nothing that one must hear: the words lead there alone. */
function Sign({ step }: { step: DirectionStep }) {
  const degrees = bend(step.type, step.modifier)
  return (
    <svg class="bend" viewBox="0 0 24 24" aria-hidden="true">
      {step.type === 'arrive' ? (
        <>
          <path d="M12 21.5c-4-4.6-6-8-6-11a6 6 0 0 1 12 0c0 3-2 6.4-6 11z" />
          <circle cx="12" cy="10.5" r="1.6" />
        </>
      ) : degrees === null ? (
        <circle cx="12" cy="12" r="4.5" />
      ) : (
        <path d={arrow(degrees)} />
      )}
    </svg>
  )
}
