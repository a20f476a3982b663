// Pictures of many marks, painted a part per frame so that the page keeps answering; a new picture abandons the old one.

/** Longest and shortest time between frames at which the part stays as it is [ms]. */
const frame = { long: 80, short: 30 };
const part = { first: 1000, least: 500, most: 8000 };

/** Calls mark(0) .. mark(count - 1), as many per frame as the browser keeps up with. */
export function gradual(finished: (done: boolean) => void): (count: number, mark: (k: number) => void) => void {
    let running = 0;
    let size = part.first;
    return (count, mark) => {
        const mine = ++running;
        let k = 0;
        let last = 0;
        finished(false);
        const more = (now: number): void => {
            if (mine !== running) return;
            if (last > 0 && now - last > frame.long) size = Math.max(part.least, size / 2);
            if (last > 0 && now - last < frame.short) size = Math.min(part.most, 2 * size);
            last = now;
            for (const end = Math.min(count, k + size); k < end; ++k) mark(k);
            if (k < count) requestAnimationFrame(more);
            else finished(true);
        };
        more(0);
    };
}

/** A canvas of `width` x `height` CSS px, cleared, drawn in those units. Kept in main memory: without a graphics processor,
 *  thin lines are a hundred times quicker there. */
export function cleared(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D {
    const ratio = devicePixelRatio;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    const context = canvas.getContext("2d", { willReadFrequently: true }) as CanvasRenderingContext2D;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    return context;
}
