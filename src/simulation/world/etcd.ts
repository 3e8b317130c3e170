import type { SeededRandom } from './random.ts';

export interface EtcdMember {
  /** 16 hex digits. */
  id: string;
  /** The machine's name. */
  name: string;
  ip: string;
  learner: boolean;
}

export interface EtcdImage {
  members: EtcdMember[];
  leader: string | null;
  term: number;
  index_base: number;
}

/** What the model asks of the cluster around it. */
export interface EtcdSurroundings {
  draw: SeededRandom;
  /** The member's process runs on its machine. */
  processRuns(machine: string): boolean;
  /** A fault keeps the member from answering. */
  isAiling(machine: string): boolean;
  /** A fault keeps the members from agreeing on a leader. */
  electionsFail(): boolean;
  hasSpaceAlarm(machine: string): boolean;
  /** Writes so far: the raft log grows with them. */
  writes(): number;
  /** The members that answer may have changed. */
  changed(healthy: number, heldBefore: boolean, held: boolean): void;
  /** Calls `elect` once an election has had its time (~1 s). */
  electLater(): void;
}

/** The etcd cluster: who is a member, who answers, who leads. */
export class EtcdModel {
  readonly #around: EtcdSurroundings;
  #kept: EtcdImage;
  #held: boolean;

  constructor(around: EtcdSurroundings, members: EtcdMember[]) {
    this.#around = around;
    this.#held = members.length > 0;
    this.#kept = { members, leader: members[0]?.id ?? null, term: 2, index_base: 48_000 };
  }

  get members(): readonly EtcdMember[] {
    return this.#kept.members;
  }

  /** The leader's id; undefined during an election or without quorum. */
  get leader(): string | undefined {
    return this.#kept.leader ?? undefined;
  }

  get raftTerm(): number {
    return this.#kept.term;
  }

  get raftIndex(): number {
    return this.#kept.index_base + this.#around.writes();
  }

  memberOf(machine: string): EtcdMember | undefined {
    return this.#kept.members.find(member => member.name === machine);
  }

  /** The member's process runs and answers. */
  answers(machine: string): boolean {
    return this.#around.processRuns(machine) && !this.#around.isAiling(machine);
  }

  healthyMembers(): EtcdMember[] {
    return this.#kept.members.filter(member => !member.learner && this.answers(member.name));
  }

  hasQuorum(): boolean {
    const voters = this.#kept.members.filter(member => !member.learner).length;
    return this.healthyMembers().length > voters / 2;
  }

  /** A leader can be had: quorum, and nothing keeps the members from agreeing. */
  canLead(): boolean {
    return this.hasQuorum() && !this.#around.electionsFail();
  }

  /** NOSPACE alarms, by member. */
  alarms(): { member: EtcdMember; alarm: 'NOSPACE' }[] {
    return this.#kept.members
      .filter(member => this.#around.hasSpaceAlarm(member.name))
      .map(member => ({ member, alarm: 'NOSPACE' }));
  }

  /** To be called whenever a process started or stopped or a fault came or went. */
  review(): void {
    const held = this.hasQuorum();
    const before = this.#held;
    this.#held = held;
    const leads = this.#kept.members.some(
      ({ id, name, learner }) => id === this.#kept.leader && !learner && this.answers(name),
    );
    if (!leads || !this.canLead()) this.#kept.leader = null;
    if (this.#kept.leader === null && this.canLead()) this.#around.electLater();
    this.#around.changed(this.healthyMembers().length, before, held);
  }

  /** The healthy members choose a leader, if they may and there is none. */
  elect(): void {
    if (this.#kept.leader !== null || !this.canLead()) return;
    const candidates = this.healthyMembers();
    const chosen = candidates[this.#around.draw.between(0, candidates.length - 1)];
    if (chosen === undefined) return;
    this.#kept.leader = chosen.id;
    this.#kept.term += 1;
    this.#around.changed(candidates.length, this.#held, this.#held);
  }

  /** Moves the lead away from a machine; nothing when it does not lead. Returns false when nobody else can take it. */
  forfeit(machine: string): boolean {
    if (this.memberOf(machine)?.id !== this.#kept.leader) return true;
    const other = this.healthyMembers().find(member => member.name !== machine);
    if (other === undefined) return false;
    this.#kept.leader = other.id;
    this.#kept.term += 1;
    return true;
  }

  /** A machine joins: a learner until it is promoted. */
  add(machine: { name: string; ip: string }): EtcdMember {
    const member = { id: this.#around.draw.hex(16), name: machine.name, ip: machine.ip, learner: true };
    this.#kept.members = [...this.#kept.members, member];
    this.review();
    return member;
  }

  /** A learner that caught up votes from now on. */
  promote(machine: string): void {
    this.#kept.members = this.#kept.members.map(member =>
      member.name === machine ? { ...member, learner: false } : member,
    );
    this.review();
  }

  /** A voter turns back into a learner: what no etcd does by itself, but an operator's mistake can. */
  demote(machine: string): void {
    this.#kept.members = this.#kept.members.map(member =>
      member.name === machine ? { ...member, learner: true } : member,
    );
    this.review();
  }

  /** The member is no longer one; whether its process goes on is its machine's affair. */
  remove(id: string): void {
    this.#kept.members = this.#kept.members.filter(member => member.id !== id);
    this.review();
  }

  /** A new cluster of this one member, which leads at once. To be called when its process runs. */
  bootstrap(machine: { name: string; ip: string }): void {
    const id = this.#around.draw.hex(16);
    this.#kept.members = [{ id, name: machine.name, ip: machine.ip, learner: false }];
    this.#kept.leader = id;
    this.#kept.term = 2;
    this.review();
  }

  image(): EtcdImage {
    return this.#kept;
  }

  restore(image: EtcdImage): void {
    this.#kept = image;
    this.#held = this.hasQuorum();
  }
}
