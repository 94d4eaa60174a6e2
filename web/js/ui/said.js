// What a screen reader says by itself. Alarms in a flood are counted rather than read one by one.
import { t } from "../i18n.js";

const GATHER = 800; // milliseconds
const LONGEST = 3; // sentences

class Voice {
    #waiting = [];
    #timer = null;

    constructor(id) {
        this.id = id;
    }

    /** What answers an act of one's own goes first. */
    say(sentence, isAnswer = false) {
        if (isAnswer) this.#waiting.unshift(sentence);
        else this.#waiting.push(sentence);
        this.#timer ??= setTimeout(() => {
            const sentences = this.#waiting.splice(0);
            this.#timer = null;
            const place = document.getElementById(this.id);
            const more = sentences.length - LONGEST;
            place.textContent = sentences.slice(0, LONGEST).join(" ") + (more > 0 ? ` ${t("said.more", { n: more })}` : "");
        }, GATHER);
    }
}

const polite = new Voice("said-politely");
const urgent = new Voice("said-at-once");

export const say = (sentence) => polite.say(sentence);
export const answer = (sentence) => polite.say(sentence, true);
export const sayAtOnce = (sentence) => urgent.say(sentence);
