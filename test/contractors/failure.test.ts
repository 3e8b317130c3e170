import { describe, expect, it } from 'vitest';
import { CallFault, type CallFaultKind } from '../../src/contractors/call-fault.ts';
import { faultError, statedError } from '../../src/contractors/failure.ts';
import type { ErrorCode } from '../../src/errors.ts';
import { TalosErrorClass } from '../../src/model/talos.ts';

const read = { contractor: 'talos', tool: 'talos_version', isMutating: false, isAttempt: false, hasReceipt: false };
const forfeit = { ...read, tool: 'talos_etcd_forfeit_leadership', isMutating: true };
const install = { ...forfeit, tool: 'talos_install', isAttempt: true };
const receipted = { ...install, hasReceipt: true };

const codes: Record<TalosErrorClass, ErrorCode> = {
  unreachable: 'CONTRACTOR_FAILED',
  timeout: 'TIMEOUT',
  tls: 'CONTRACTOR_FAILED',
  authorization: 'CONTRACTOR_FAILED',
  wrong_endpoint: 'CONTRACTOR_FAILED',
  client_config: 'CONTRACTOR_FAILED',
  talosctl_missing: 'CONTRACTOR_UNAVAILABLE',
  invalid_argument: 'CONTRACTOR_FAILED',
  precondition: 'CONTRACTOR_FAILED',
  busy: 'CONTRACTOR_FAILED',
  quorum_lost: 'CONTRACTOR_FAILED',
  not_found: 'CONTRACTOR_FAILED',
  unsupported: 'CAPABILITY_MISSING',
  image: 'CONTRACTOR_FAILED',
  version: 'VERSION_SKEW',
  unintelligible: 'CONTRACTOR_UNINTELLIGIBLE',
  failed: 'CONTRACTOR_FAILED',
};

describe('what a contractor says went wrong', () => {
  it.each(TalosErrorClass.options)('%s of a read has its code, says its class and what to do', errorClass => {
    const error = statedError(read, { errorClass, message: 'text token=hunter2hunter2' });
    expect(error.code).toBe(codes[errorClass]);
    expect(error.message).toBe(
      `talos: talos_version failed, ${errorClass}: <untrusted>text token=[redacted]</untrusted>`,
    );
    expect(error.remedy.length).toBeGreaterThan(20);
  });

  it('R225: only what may pass by itself is worth asking later', () => {
    const later = TalosErrorClass.options.filter(
      errorClass => statedError(read, { errorClass, message: '' }).retry === 'later',
    );
    expect(later).toEqual(['unreachable', 'timeout', 'busy', 'quorum_lost']);
  });

  it.each([
    ['a forfeit', forfeit, ['timeout', 'unintelligible']],
    ['an attempt', install, ['timeout', 'unintelligible', 'failed']],
    ['an attempt with a receipt', receipted, []],
  ])('SAFETY 3: the outcome of %s is unknown where the failure leaves it open', (_what, call, open) => {
    const unknown = TalosErrorClass.options.filter(
      errorClass => statedError(call, { errorClass, message: '' }).code === 'OUTCOME_UNKNOWN',
    );
    expect(unknown).toEqual(open);
  });

  it('SAFETY 3: an attempt with a receipt has failed whatever was said, in none of the ways that leave it under way', () => {
    const codes = TalosErrorClass.options.map(errorClass => statedError(receipted, { errorClass, message: '' }).code);
    expect(codes).not.toContain('TIMEOUT');
    expect(codes).not.toContain('CANCELLED');
    expect(statedError(receipted, { errorClass: 'timeout', message: '' })).toMatchObject({ retry: 'later' });
  });

  it('SAFETY 3: an error in no agreed form leaves an attempt open, receipt or not', () => {
    const stated = { errorClass: 'failed', message: 'oops', isUnclassed: true } as const;
    expect(statedError(receipted, stated).code).toBe('OUTCOME_UNKNOWN');
    expect(statedError(install, stated).code).toBe('OUTCOME_UNKNOWN');
  });
});

describe('a call that failed on the way', () => {
  it.each<[CallFaultKind, ErrorCode, ErrorCode]>([
    ['unsent', 'CONTRACTOR_UNAVAILABLE', 'CONTRACTOR_UNAVAILABLE'],
    ['cancelled', 'CANCELLED', 'CANCELLED'],
    ['rejected', 'CONTRACTOR_FAILED', 'CONTRACTOR_FAILED'],
    ['lost', 'CONTRACTOR_UNAVAILABLE', 'OUTCOME_UNKNOWN'],
    ['deadline', 'TIMEOUT', 'OUTCOME_UNKNOWN'],
    ['aborted', 'CANCELLED', 'OUTCOME_UNKNOWN'],
    ['protocol', 'CONTRACTOR_UNINTELLIGIBLE', 'OUTCOME_UNKNOWN'],
  ])('SAFETY 3: %s is %s for a read and %s for a change', (kind, ofRead, ofChange) => {
    const fault = new CallFault(kind, 'why');
    expect(faultError(read, fault).code).toBe(ofRead);
    expect(faultError(install, fault).code).toBe(ofChange);
    expect(faultError(receipted, fault).code).toBe(ofChange);
    expect(faultError(install, fault).remedy.length).toBeGreaterThan(20);
  });
});
