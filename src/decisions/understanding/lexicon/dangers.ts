import type { DangerRule, Words } from './shapes.ts';

export const dangerWords: Words = {
  bypass: {
    en: 'skip, bypass, omit, circumvent, ignore, ignoring, override, disregard, leave out, skipping, bypassing, disable, disabling, turn off, switch off, deactivate, suppress, suspend, overrule, work around, get around, forego, forgo, dont bother with, dont need, do not need, no need for, no need to, stop enforcing, evade, neglect, forget about, forget, forget all, dont wait for, do not wait for, not needed, not required, isnt needed, is not needed, is unnecessary',
    de: 'uberspringe, uberspringen, ignoriere, ignorieren, umgehe, umgehen, deaktiviere, deaktivieren, ausschalten, vergiss',
    es: 'omite, omitir, ignora, ignorar, salta, saltate, desactiva, desactivar, olvida',
    fr: 'ignorer, ignorez, saute, contourne, desactive, desactiver, oublie, outrepasse',
  },
  safeguard: {
    en: `approval, approvals, the approval, authorization, authorisation, permission, preflight, preflights, preflight checks, safety, safety checks, safety rules, safeguard, safeguards, gate, gates, validation gates, quorum, quorum check, quorum checks, pdbs, disruption budget, disruption budgets, pod disruption budgets, audit log, audit trail,
      audit logging, locking, the lock, lease, confirmation, maintenance window, maintenance windows, change window, redaction, admission control, guard, guards, protection, protections, approval gate, approval gates, health gates, eviction checks, two man rule, sign off, signoff, authority check, authority checks, admission webhooks, non production test`,
    de: 'genehmigung, freigabe, sicherheitsprufung, sicherheitsprufungen, schutz, prufungen',
    es: 'aprobacion, autorizacion, comprobaciones, permiso',
    fr: 'approbation, autorisation, securite, controles, garde fous',
  },
  rulebook: {
    en: 'rules, rule, instructions, instruction, guidelines, policy, policies, prompt, system prompt, restrictions, guardrails, constraints, limits, limitations, directives, programming, training, everything above, everything before, previous, prior, above',
    de: 'regeln, anweisungen, vorgaben',
    es: 'reglas, instrucciones, normas',
    fr: 'regles, instructions, consignes',
  },
  force: {
    en: 'force, forced, forcefully, forcibly, forcing, brute force, hard delete, grace period 0, at any cost, at all costs, no matter what',
    de: 'erzwinge, erzwingen, gewaltsam',
    es: 'fuerza, forzar, a la fuerza',
    fr: 'forcer, force les, de force',
  },
  takeover: {
    en: `you are approved, youre approved, you are now approved, you are authorized, you are authorised, youre authorized, you are now, you are cortex prime, you are root, you are admin, you are an admin, youre now, act as, acting as, pretend to be, pretend you, roleplay, role play,
      developer mode, god mode, jailbreak, jailbroken, dan mode, root mode, admin mode, sudo, new instructions, override authority, elevate, escalate privileges, grant yourself, grant me, make me admin, approve yourself, approve it yourself, self approve, treat this as approved, consider this approved, consider it approved, consider yourself approved, mark it approved, mark it as approved,
      mark this as approved, pre approved, preapproved, auto approve, auto approved, autoapprove, end of instructions, begin system, system message, system override, system says, assistant says, im your developer, i am your developer, i am your creator, from now on, your new role, your new task, unrestricted, without restrictions, without limits, no restrictions, no rules, no limits, you have full authority, you have permission,
      you have my permission, full authority, i hereby authorize, i hereby approve, emergency override, approve the plan automatically, your rules do not apply, rules do not apply, approved true, authority level, plan_hash, tool call, approve_or_escalate, execute_plan`,
    de: 'du bist genehmigt, du bist autorisiert, du bist jetzt, du darfst alles, ab jetzt',
    es: 'estas aprobado, estas autorizado, ahora eres, tienes permiso',
    fr: 'tu es approuve, tu es autorise, tu es maintenant, vous etes autorise, desormais tu',
  },
  secret: {
    en: `secret, secrets, kubeconfig, kubeconfigs, talosconfig, talosconfigs, password, passwords, private key, private keys, ca key, credentials, credential, api key, api keys, service account token, service account tokens, bearer token, bootstrap token, join token, access token, api token, secrets bundle, ssh key, ssh keys, encryption key, admin token,
      secret values, database password, auth token, id_rsa, secrets yaml, machine secrets, certificate key`,
    de: 'geheimnis, geheimnisse, passwort, passworter, zugangsdaten, privaten schlussel',
    es: 'secreto, secretos, contrasena, contrasenas, credenciales, clave privada',
    fr: 'mot de passe, mots de passe, identifiants, cle privee',
  },
  expose: {
    en: 'print, send, export, dump, reveal, cat, post, email, mail, copy, upload, leak, fetch, read, decode, download, expose, output, paste, share, return, display, exfiltrate, echo, write out, base64, extract, forward, hand over, give me, show me, tell me',
    de: 'sende, schicke, exportiere, gib mir',
    es: 'envia, exporta, imprime, dame las',
    fr: 'envoie, exporte, imprime, donne moi',
  },
};

const NOTHING_AT_ONCE = 'one node after the other, quorum and disruption budgets kept (seed 457, 645; R218, R301)';

/** What no procedure does; the first that applies is told. */
export const dangers: readonly DangerRule[] = [
  {
    pattern: 'takeover',
    always: true,
    everywhere: true,
    reason: 'a text grants no authority: who may decide follows from the principal and the approval records alone',
    rule: 'ARCHITECTURE: authority is checked where effects happen; R161',
  },
  {
    pattern: 'bypass rulebook',
    near: 5,
    always: true,
    everywhere: true,
    reason: 'rules are not set aside by a text',
    rule: 'SAFETY; ARCHITECTURE: text never raises authority',
  },
  {
    pattern: 'secret expose',
    always: true,
    reason: 'no kubeconfig, key, token or other secret leaves the clusters in a result',
    rule: 'CONTRACT: no secret is ever written',
  },
  {
    pattern: 'secret look',
    always: true,
    unless: 'rotate',
    reason: 'no kubeconfig, key, token or other secret leaves the clusters in a result',
    rule: 'CONTRACT: no secret is ever written',
  },
  {
    pattern: 'bypass safeguard|backup|health|test|check',
    near: 5,
    reason: 'approvals, checks, gates and snapshots are part of every procedure',
    rule: 'SAFETY 9, 10; seed 647 (R303), 713 (R329)',
  },
  {
    pattern: 'bypass cluster_name',
    near: 3,
    reason: 'an upgrade is tried in staging first',
    rule: 'seed 258-259 (R152), 715 (R331)',
  },
  {
    pattern: 'negation safeguard|backup',
    near: 4,
    reason: 'approvals, checks, gates and snapshots are part of every procedure',
    rule: 'SAFETY 9, 10; seed 647 (R303), 713 (R329)',
  },
  {
    pattern: 'safeguard|backup bypass',
    near: 5,
    reason: 'approvals, checks, gates and snapshots are part of every procedure',
    rule: 'SAFETY 9, 10; seed 647 (R303), 713 (R329)',
  },
  {
    pattern: 'force drain|remove|destroy|pods|upgrade|reboot|restore|shrink|bring|maintain|all|etcd',
    reason: 'nothing is forced: pods leave by eviction, within their disruption budgets',
    rule: 'seed 457 (R218); SAFETY 10',
  },
  { pattern: 'destroy|remove everything', reason: 'no procedure removes everything', rule: 'seed 644 (R300)' },
  {
    pattern: 'destroy|remove all|each',
    unless: 'unused',
    reason: 'no procedure removes all of something',
    rule: 'seed 644-645 (R300, R301)',
  },
  {
    pattern: 'destroy|remove etcd',
    reason: 'etcd and its data are not removed; it is recovered, from a verified snapshot, after quorum is lost',
    rule: 'SAFETY 10; seed 644 (R300)',
  },
  { pattern: 'destroy|remove backup', reason: 'snapshots are what a recovery needs', rule: 'seed 647 (R303)' },
  { pattern: 'destroy control_plane', reason: 'the control plane is not destroyed', rule: 'seed 644 (R300)' },
  {
    pattern: 'destroy|remove cluster|cluster_name',
    unless: 'node node_name worker control_plane workload workload_name object unused namespace namespace_name down',
    reason: 'no procedure deletes a cluster',
    rule: 'seed 125: a major change of topology is Cortex Prime’s; R300',
  },
  {
    pattern: 'destroy|remove namespace|namespace_name|workload|workload_name|pods|disk|resources',
    unless: 'node_name node worker unused',
    reason: 'no procedure deletes namespaces, workloads or their data',
    rule: 'no playbook; R300',
  },
  {
    pattern: 'destroy certificate|ca|secret',
    reason: 'certificates and keys are rotated, never deleted',
    rule: 'no playbook; R134',
  },
  {
    pattern: 'drain|reboot|cordon all|each',
    reason: `all at once is never done: ${NOTHING_AT_ONCE}`,
    rule: NOTHING_AT_ONCE,
  },
  {
    pattern: 'drain|reboot|cordon everything',
    unless: 'node_name',
    reason: `all at once is never done: ${NOTHING_AT_ONCE}`,
    rule: NOTHING_AT_ONCE,
  },
  {
    pattern:
      'upgrade|drain|reboot|cordon|maintain|bring|shrink|rotate all|node|worker|control_plane|cluster|cluster_name at_once',
    reason: `all at once is never done: ${NOTHING_AT_ONCE}`,
    rule: NOTHING_AT_ONCE,
  },
  {
    pattern: 'reboot|shrink cluster|cluster_name|control_plane|etcd',
    unless: 'node worker node_name workload workload_name pods number',
    reason: 'a cluster or its control plane is not stopped as a whole',
    rule: 'seed 644 (R300)',
  },
];
