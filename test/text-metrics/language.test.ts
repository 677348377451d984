import { describe, expect, test } from 'vitest'
import { LANGUAGE_CODES, languageMatch, languageOf, scriptShares } from '../../src/text-metrics/language.ts'
import { passages } from './passages.ts'

/** One text, in each language that is known. */
const TEXTS: Readonly<Record<string, string>> = {
  en: 'Your order is on its way and will be with you tomorrow. If you have a question about it, please write to us.',
  de: 'Ihre Bestellung ist auf dem Weg und wird morgen bei Ihnen sein. Wenn Sie eine Frage dazu haben, schreiben Sie uns bitte.',
  fr: 'Votre commande est en route et sera chez vous demain. Si vous avez une question sur ce sujet, écrivez-nous pour que nous vous aidions.',
  es: 'Su pedido está en camino y llegará mañana. Si tiene una pregunta sobre el pedido, puede escribirnos y con gusto le ayudamos en lo que sea.',
  it: 'Il suo ordine è in viaggio e sarà da lei domani. Se ha una domanda sul suo ordine, può scrivere a noi e le diamo una mano con piacere.',
  pt: 'O seu pedido está a caminho e vai chegar amanhã. Se você tem uma pergunta sobre o pedido, pode escrever para nós e não se preocupe com mais nada.',
  nl: 'Uw bestelling is onderweg en zal morgen bij u zijn. Als u een vraag over de bestelling heeft, kunt u ons schrijven en dan helpen we u.',
  sv: 'Din beställning är på väg och kommer att vara hos dig i morgon. Om du har en fråga om den kan du skriva till oss, så hjälper vi dig.',
  pl: 'Twoje zamówienie jest w drodze i będzie u ciebie jutro. Jeśli masz pytanie do tego zamówienia, napisz do nas, a na pewno się nim zajmiemy.',
  tr: 'Siparişiniz yolda ve yarın sizde olacak. Bu konuda bir sorunuz var ise bize yazabilirsiniz, siz de her zaman bir yanıt almak için bekleyin.',
  id: 'Pesanan anda sedang dalam perjalanan dan akan tiba besok. Jika anda memiliki pertanyaan untuk itu, anda dapat menulis kepada kami dengan mudah.',
  vi: 'Đơn hàng của bạn đang trên đường và sẽ đến trong ngày mai. Nếu bạn có câu hỏi về đơn này, bạn có thể viết cho chúng tôi.',
  ru: 'Ваш заказ уже в пути и будет у вас завтра. Если у вас есть вопрос по нему, вы можете написать нам, и мы вам поможем.',
  uk: 'Ваше замовлення вже в дорозі і буде у вас завтра. Якщо у вас є питання до нього, ви можете написати нам, і ми вам допоможемо з ним.',
  el: 'Η παραγγελία σας είναι καθ’ οδόν.',
  ar: 'طلبك في الطريق.',
  fa: 'سفارش شما در راه است.',
  he: 'ההזמנה שלך בדרך.',
  hi: 'आपका ऑर्डर रास्ते में है।',
  bn: 'আপনার অর্ডারটি পথে আছে।',
  ta: 'உங்கள் ஆர்டர் வழியில் உள்ளது.',
  th: 'คำสั่งซื้อของคุณกำลังจัดส่ง',
  zh: '您的订单已经在路上了。',
  ja: 'ご注文の品は発送されました。',
  ko: '주문하신 상품이 배송 중입니다.',
}

test('there is a text in each language', () => {
  expect(Object.keys(TEXTS).sort()).toEqual([...LANGUAGE_CODES].sort())
})

describe.each(Object.entries(TEXTS))('%s', (code, text) => {
  test('is itself', () => {
    expect(languageMatch(text, code)).toMatchObject({ matches: true })
  })

  test('is no other one that can be told from it', () => {
    const same = (one: string) => (code === 'ar' && one === 'fa') || (code === 'fa' && one === 'ar')
    const taken = LANGUAGE_CODES.filter((one) => one !== code && !same(one) && languageMatch(text, one)?.matches === true)
    expect(taken).toEqual([])
  })
})

test('documentation is English', () => {
  const wrong = passages(60).filter((text) => languageMatch(text, 'en')?.matches !== true || (languageOf(text) ?? 'en') !== 'en')
  expect(wrong.length / passages(60).length).toBeLessThan(0.01)
})

test('what was found is said', () => {
  expect(languageMatch(TEXTS.de ?? '', 'en')).toEqual({ matches: false, found: 'Latin 100 %, looks like de' })
  expect(languageMatch('Привет, John', 'ru')).toEqual({ matches: true, found: 'Cyrillic 60 %' })
  expect(languageMatch('12 + 30', 'en')).toBeNull()
  expect(languageMatch('hello', 'xx')).toBeNull()
})

test('a few words are only a script', () => {
  expect(languageMatch('Guten Tag', 'en')?.matches).toBe(true)
  expect([languageOf('Guten Tag'), languageOf(TEXTS.de ?? ''), languageOf(TEXTS.zh ?? ''), languageOf('')]).toEqual([
    undefined,
    'de',
    'Han',
    undefined,
  ])
})

test('shares of scripts', () => {
  expect(scriptShares('abc яя')).toEqual({ Latin: 0.6, Cyrillic: 0.4 })
  expect(scriptShares('é')).toEqual({ Latin: 1 })
  expect(scriptShares('1')).toBeNull()
})
