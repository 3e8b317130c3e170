import type { Words } from './shapes.ts';

/** Words that change what the others mean. A name that is spelled like one of them is not taken for the name. */
export const guards: Words = {
  negation: {
    en: `not, dont, do not, doesnt, didnt, never, no, none, nothing, without, nor, neither, except, excluding, avoid, stop, refrain, forbid, prevent,
      cancel, abort, instead, rather than, wont, cant, cannot, shouldnt, mustnt, isnt, arent, wasnt, neednt, hold off, postpone, delay, defer,
      leave alone, anything but, hate, refuse, nope, nah, unnecessary, wouldnt, couldnt, wait, pause, dnt, veto, unwanted`,
    de: 'nicht, kein, keine, keinen, keinem, keiner, nie, niemals, ohne, ausser, statt, anstatt, stopp, stoppe, vermeide, keinesfalls',
    es: 'nunca, jamas, sin, excepto, salvo, ningun, ninguna, tampoco, evita',
    fr: 'ne, n, pas, jamais, sans, sauf, aucun, aucune, rien, evite, arrete',
  },
  condition: {
    en: `if, when, unless, once, whenever, until, till, in case, provided, assuming, suppose, supposing, as soon as, depending, after, before,
      while, during, whether, only if, given that, as long as, subject to, contingent`,
    de: 'wenn, falls, sobald, sofern, solange, bis, nachdem, bevor, wahrend, ob, vorausgesetzt',
    es: 'si, cuando, hasta, siempre que, despues, antes, mientras, en caso de, tan pronto como',
    fr: 'quand, lorsque, des que, jusqu, apres, avant, pendant, a condition, au cas ou',
  },
  alternative: {
    en: 'or, either, maybe, perhaps, possibly, probably, might, may, versus, vs, optionally, preferably, alternatively, unsure, not sure, i think',
    de: 'oder, vielleicht, moglicherweise, eventuell',
    es: 'o, quiza, quizas, tal vez, acaso',
    fr: 'ou, peut etre, eventuellement',
  },
  asks: {
    en: `should, shall, what, whats, how, hows, why, which, who, where, is it, did the, did our, was the, were the, are there, is there, are any, is any, are all, are the, is the, does, when do, when does, when did, when will, when is, when are, when was, do we,
      do i, do you, do the, can we, can i, may we, may i, could we, could i, would it, would you say, would we, would, will it, will the, how to, how many, how much, explain, describe, any idea,
      what if, hypothetically, theoretically, imagine, simulate, dry run, dryrun, rehearse, wondering, curious, ask, question, in theory, discuss, advise, recommend, suggest, consider, worth, thoughts`,
    de: `soll, sollen, sollte, sollten, wie, warum, wieso, wann, welche, welcher, welches, konnen wir, kann ich, durfen, darf, gibt es,
      erklare, wieviel, wie viele, muss, mussen`,
    es: 'deberia, deberiamos, debemos, que, como, por que, cual, cuales, cuantos, podemos, puedo, hay, explica',
    fr: 'devrions, doit, doivent, faut il, comment, pourquoi, quel, quelle, quels, quelles, est ce que, est ce qu, pouvons, puis je, combien, explique, y a t il',
  },
  past: {
    en: `was, were, been, had, did, has been, have been, already, yesterday, ago, last night, last week, finished, completed, succeeded, previously, earlier,
      used to, apparently, said, says, told, claims, claimed`,
    de: 'war, waren, wurde, wurden, gestern, bereits, schon, worden',
    es: 'fue, fueron, ayer, ya',
    fr: 'etait, hier, deja, ete',
  },
  recent: {
    en: 'last, recent, recently, lately, past day, past week',
    de: 'letzte, letzten',
    es: 'ultimo, ultimos',
    fr: 'dernier, derniers',
  },
  has: { en: 'has, have, having', de: 'hat, haben', es: 'ha, han, hemos, tiene', fr: 'avons, avez, ont' },
  later: {
    en: `tonight, tomorrow, later, next week, next month, this weekend, weekend, monday, tuesday, wednesday, thursday, friday, saturday, sunday, midnight,
      noon, oclock, pm, utc, soon, eventually, someday, overnight, off hours, next time, this evening, this afternoon`,
    de: 'morgen, spater, heute nacht, heute abend, nachste woche, nachsten monat, wochenende, montag, dienstag, mittwoch, donnerstag, freitag, samstag, sonntag, uhr, mitternacht',
    es: 'manana, esta noche, mas tarde, proxima semana, lunes, martes, miercoles, jueves, viernes, sabado, domingo',
    fr: 'demain, ce soir, plus tard, semaine prochaine, lundi, mardi, mercredi, jeudi, vendredi, samedi, dimanche, minuit',
  },
  undoing: {
    en: 'undo, revert, roll back, rollback, rolled back, downgrade, downgrading, go back, uncordon, resume, unpause, reverse, back to',
    de: 'ruckgangig, zuruckrollen, herunterstufen',
    es: 'revertir, revierte, deshacer, degradar',
    fr: 'annule, annuler, retrograder, revenir',
  },
  at_once: {
    en: `at once, all at once, simultaneously, simultaneous, in parallel, parallel, same time, the same time, concurrently, all together, in one go, in one shot, at one time, as one batch,
      big bang, both at once`,
    de: 'gleichzeitig, auf einmal, parallel, zugleich',
    es: 'a la vez, simultaneamente, al mismo tiempo, en paralelo, de golpe',
    fr: 'en meme temps, simultanement, a la fois, en parallele, d un coup',
  },
};

/** Words that carry nothing a plan would differ by. */
export const fillers: Words = {
  check: {
    en: 'check if, see if, check whether, see whether, check that, tell me if, tell me whether, let me know if, know if, make sure that, make sure, ensure, ensure that, verify that, confirm that, let me know whether, find out if, can you tell me, could you tell me, please tell me',
    de: 'prufe ob, schau ob, sag mir ob',
    es: 'comprueba si, verifica si, dime si',
    fr: 'verifie si, verifiez si, dis moi si',
  },
  gently: {
    en: `without downtime, with no downtime, no downtime, zero downtime, with zero downtime, without interruption, without disruption, without any downtime,
      without service interruption, without losing quorum, without violating pdbs, carefully, safely, gracefully, properly, node by node, one by one, one node at a time,
      one at a time, sequentially, rolling, in rolling fashion, in a rolling fashion, rolling fashion, step by step, in sequence, one after the other, one after another, respecting pdbs, respecting budgets, slowly`,
    de: 'ohne ausfall, ohne ausfallzeit, ohne downtime, ohne unterbrechung, vorsichtig, nacheinander, rollierend, knoten fur knoten, sicher',
    es: 'sin tiempo de inactividad, sin interrupcion, sin caida, uno por uno, con cuidado, de forma segura',
    fr: 'sans interruption, sans coupure, un par un, un a un, prudemment, en douceur',
  },
  polite: {
    en: `can you, could you, would you, will you, can you please, could you please, would you please, would you kindly, please could you, please can you, would you mind,
      please, pls, plz, kindly, i want you to, i would like you to, id like you to, i need you to, you must, you should, you need to`,
    de: 'bitte, kannst du, kannst du bitte, konntest du, konntest du bitte, konnen sie, konnen sie bitte, konnten sie, konnten sie bitte, wurdest du, wurden sie, mochte ich, ich mochte, ich will, wir wollen, wir mochten, wir brauchen, ich brauche',
    es: 'por favor, puedes, podrias, puede, podria, puedes por favor, quiero, queremos, quisiera, necesitamos, necesito, hay que',
    fr: 's il te plait, s il vous plait, svp, stp, peux tu, pouvez vous, pourrais tu, pourriez vous, veuillez, je veux, je voudrais, nous voulons, j aimerais, il faut, merci de',
  },
  need: {
    en: 'need, needs, require, requires, request, requesting, requests, requested',
    de: 'brauchen, benotigen',
    es: 'necesita',
    fr: 'besoin, avons besoin',
  },
  claim: {
    en: `approved by the coo, approved by coo, coo approved, the coo approved, with coo approval, with the coos approval, coo approval granted, approval granted, coo has approved,
      the coo has approved, coo has approved this, the coo has approved this, approved by prime, approved by cortex prime, cortex prime approved, this is approved, this has been approved, i am the coo, im the coo, as the coo, approval is given, already approved`,
    de: 'vom coo genehmigt, genehmigt vom coo, genehmigt',
    es: 'aprobado por el coo, aprobado',
    fr: 'approuve par le coo, approuve',
  },
  is: {
    en: 'is, are, seems, looks, appears, appears to be, seems to be, looks to be, went, became',
    de: 'ist, sind, scheint',
    es: 'esta, estan, es',
    fr: 'est, sont, semble',
  },
  called: {
    en: 'named, called, with the name, name, with name',
    de: 'namens, genannt, mit dem namen',
    es: 'llamado, con nombre',
    fr: 'appele, nomme',
  },
  one: {
    en: 'a, an, another, single',
    de: 'ein, eine, einen, einem, einer',
    es: 'un, una, otro, otra',
    fr: 'une, un autre',
  },
  to: {
    en: 'to, onto, into, up to, →, target, targeting',
    de: 'auf, zu, zum, zur, nach',
    es: 'hacia, al',
    fr: 'vers, au, aux',
  },
  from: { en: 'from', de: 'aus', es: 'desde', fr: 'depuis' },
  of: { en: 'of', de: 'von, vom', es: 'de, del', fr: 'du, d' },
  joins: { en: 'and, as well as, both', de: 'und, sowie, beide', es: 'y, e, ambos', fr: 'et, les deux' },
  sequence: {
    en: 'then, afterwards, followed by, also, next, and then, first, finally, subsequently, additionally',
    de: 'dann, danach, anschliessend, zuerst, ausserdem',
    es: 'luego, entonces, primero, tambien',
    fr: 'puis, ensuite, d abord, aussi, egalement',
  },
  filler: {
    en: `the, our, my, your, on, in, at, for, with, as, by, across, via, through, using, over, inside, within, it is, there, here, about, regarding, concerning, i, we, us, me, you, be,
      hi, hello, hey, thanks, thank you, thx, team, gm, cheers, dear, general manager, good morning, regards, ok so, well then,
      new, additional, more, extra, existing, current, currently, now, right now, immediately, asap, urgently, urgent, quickly, right away, straight away, just, simply, really, quick, only, overall, general, generally,
      want, want to, have to, would like, id like, i would like, we would like, wed like, like to, lets, let us, let, go ahead, go ahead and, go and, start, begin, perform, do, do a, execute, run, running, make it run, run on, carry out, kick off, initiate, trigger, proceed, proceed with, conduct, give it, begin with, start with, still, its, their, so far, at all, actually, ahead, together with,
      version, v, level, release, minor version, release version, regular, routine, time, number of, count, some, any, anything, whole thing, today, this week, time being, at the moment, that the, that all, that, so that, latest status, cluster wide, cortex, containers, containers division, division of containers, environment, env, patch, kubernetes version, k8s version, us all`,
    de: `der, die, das, den, dem, des, im, in, am, an, mit, fur, uber, bei, neu, neue, neuen, neuer, weitere, weiteren, zusatzliche, zusatzlichen, mehr, jetzt, sofort, aktuell, aktuelle, aktuellen, mal, doch, unser, unsere, unseren, unserem, unserer, mir, uns, hallo, danke,
      durch, um, fuhre, fuhre durch, starte, mach, mache, es, heute, dass, ich, wir, sich, alles gut, moin, dringend`,
    es: `el, la, los, las, en, con, para, por, nuestro, nuestra, nuevo, nueva, nuevos, nuevas, mas, adicional, adicionales, ahora, hola, gracias, lo, se, me, nos, ejecuta, haz, inicia, urgente, hoy`,
    fr: `le, les, l, en, sur, dans, avec, pour, notre, nos, nouveau, nouvelle, nouveaux, nouvelles, supplementaire, supplementaires, plus, maintenant, bonjour, salut, merci, par, lance, effectue, fais, execute, aujourd hui, urgente`,
  },
};

export const NUMBER_WORDS: ReadonlyMap<string, number> = new Map(
  [
    'zero null cero',
    'one eins uno',
    'two zwei dos deux',
    'three drei tres trois',
    'four vier cuatro quatre',
    'five funf cinco cinq',
    'six sechs seis',
    'seven sieben siete sept',
    'eight acht ocho huit',
    'nine neun nueve neuf',
    'ten zehn diez dix',
    'eleven elf onze',
    'twelve zwolf doce douze dozen',
  ].flatMap((spellings, value) => spellings.split(' ').map(spelling => [spelling, value] as const)),
);
