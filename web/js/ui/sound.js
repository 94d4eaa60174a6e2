// Sound on demand: off until somebody switches it on, which is also the gesture that browsers ask for.

const TONES = { 1: [880, 660, 880, 660], 2: [740, 740, 740], 3: [587, 587], 4: [523] }; // hertz, by place of the severity
const LENGTH = 0.16; // seconds
const PAUSE = 0.08;
const LOUDNESS = 0.2;

export class Sound {
    #context = null;
    isOn = false;

    async switch(on) {
        this.isOn = on;
        if (!on) return;
        this.#context ??= new AudioContext();
        await this.#context.resume();
        this.play(4);
    }

    play(place) {
        if (!this.isOn || !this.#context) return;
        let start = this.#context.currentTime;
        for (const frequency of TONES[place] ?? TONES[4]) {
            const oscillator = new OscillatorNode(this.#context, { frequency, type: "triangle" });
            const gain = new GainNode(this.#context, { gain: 0 });
            gain.gain.setValueAtTime(0, start);
            gain.gain.linearRampToValueAtTime(LOUDNESS, start + 0.01);
            gain.gain.setValueAtTime(LOUDNESS, start + LENGTH - 0.02);
            gain.gain.linearRampToValueAtTime(0, start + LENGTH);
            oscillator.connect(gain).connect(this.#context.destination);
            oscillator.start(start);
            oscillator.stop(start + LENGTH);
            start += LENGTH + PAUSE;
        }
    }
}
