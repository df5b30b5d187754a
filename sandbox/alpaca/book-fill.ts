import type { Book, BookWriter } from './book.ts';
import type { BookedExecution } from './lifecycle.ts';
import { filledQty, type OrderRecord } from './records.ts';
import type { SeededRandom } from './seeded-random.ts';
import { leaves } from './timetable.ts';

/** Books one execution: the activity from which cash and shares are derived. */
export function bookFill(
  book: Book,
  pen: BookWriter,
  random: SeededRandom,
  order: OrderRecord,
  booking: BookedExecution,
): void {
  const seq = book.activities().length + 1;
  const { execution, amount } = booking;
  pen.addActivity({
    kind: 'fill',
    id: random.uuid('activity', seq),
    seq,
    at: execution.at,
    amount,
    ticker: order.ticker,
    side: order.side,
    qty: execution.qty,
    price: execution.price,
    orderId: order.id,
    leaves: leaves(order),
    cumulative: filledQty(order),
  });
}
