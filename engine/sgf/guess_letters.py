"""How likely bytes are text in an encoding, by how common the characters are that they make.

Game records hold names and a few words. Names of players are made of few characters, and the words
are those of Go; these count most. Then count the levels of the national standards: their first
level has the characters in daily use.
"""

from collections import Counter

SIMPLIFIED = set(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏"
    "吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万"
    "钱严覃武戴莫孔向汤柯古聂芈连檀丰党杭时俞罕霍申朴安曲戎辜屠蓝於牛童路左洪阮褚"
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红春梅建国文志海峰鹏辉斌宇浩凯健俊"
    "帆雪琴晶洁力常昊卫昱廷越星宁睿立诚一鸣文河永训铁身赫熙世乭昌镐在璟晓炎颖清源佳丹斯博耀"
    "毅灿铭然轩泽嘉怡欣瑶云燕玲飞成旭振东哲岩林伯亮胜利龙凤翔宏伦远乐天元智鑫雨子涵思瑞阳"
    "黑白棋围胜负目半盘中局杯赛名人战国际日本韩段九八七六五四三二一十轮决预选快用时贴先番第届"
    "冠亚军联甲乙乱挂分收官布定式死活劫眼气连断虎飞跳尖长立扳接提吃打征让不和了的是在有这"
    "我你他们对手下来上去好也就这个还要可以没实地势厚薄大小角边打入年月日北京上海广州网络"
)
TRADITIONAL = set(
    "王李張劉陳楊黃趙吳周徐孫馬朱胡郭何高林羅鄭梁謝宋唐許韓馮鄧曹彭曾蕭田董袁潘于蔣蔡余杜葉程蘇"
    "魏呂丁任沈姚盧姜崔鍾譚陸汪范金石廖賈夏韋付方白鄒孟熊秦邱江尹薛閻段雷侯龍史陶黎賀顧毛郝龔邵"
    "萬錢嚴武戴莫孔向湯游詹賴簡歐巫柯古聶連俞洪阮"
    "偉芳娜敏靜麗強磊軍洋勇艷傑娟濤明超秀霞平剛桂英華玉蘭紅春梅建國文志海峰鵬輝斌宇浩凱健俊"
    "淑惠美雅婷怡君家豪雯宗翰冠廷承恩柏佳穎雅琪欣宜嘉瑋詩涵思妤立誠俊宏功清源信永成正義輝"
    "黑白棋圍勝負目半盤中局盃杯賽名人戰國際日本韓段九八七六五四三二一十輪決預選快用時貼先番第屆"
    "冠亞軍聯甲乙掛分收官佈定式死活劫眼氣連斷虎飛跳尖長立扳接提吃打征讓不和了的是在有這"
    "我你他們對手下來上去好也就個還要可以沒實地勢厚薄大小角邊打入年月日台北灣海峯網路"
)
JAPANESE = set(
    "佐藤鈴木高橋田中伊渡辺邊山本村小林加吉斎齋松井清水崎森池阿部石川前後岡長谷近遠坂福太西三"
    "原金子野上青木藤島嶋竹内宮武今河酒大久保平市沢澤安東工菊岩依趙治勲坂栄寿武正樹裕輝能達"
    "尾紳路張栩羽根直結城聡王立誠片橘河臨蘇耀彦坂俊和関航郎伊田篤史一力遼芝虎丸許家元余正麒"
    "一二三四五六七八九十段初級男女子美恵智幸明夫雄介健太郎次朗恭真由紀香代弘之浩隆秀哲也誠"
    "淳洋博康宏修司茂豊進学実勝利昭和隆博文行孝志義信敏"
    "黒白棋碁囲勝負目半盤中局杯戦名人本因坊天元聖座位国際日韓第回期挑戦手合決予選用時間"
    "先番互定石布死活劫眼気連切飛長立対局者年月日東京大阪名古屋院関西総本部は"
)
HANGUL = set(
    "김이박최정강조윤장임한오서신권황안송류유홍전고문양손배백허남심노하곽성차주우구민나진지엄채"
    "원천방공현함변염여추도석선설마길연위표명기반왕금옥육인맹제모탁국어은편용목"
    "창호세돌환훈수영철동욱준희승재경태상광규종병대건혁혜미숙순자란윤아라린솔빈율찬"
    "예지민서현우도윤하은시후건우주원유진성민영호정훈상철미경은주은영은정지연지영현주선영"
    "흑백승패집반단급국기전대회배결승예선제한시간초읽기불계덤호선치수판수대국바둑일본중국한국"
    "년월일의을를가는에서로다고과와사부생보물실타무회장제결속만들프로아마강남북산울부구광"
)
PUNCTUATION = set(
    "，。、：；（）「」『』·～－—　！？《》“”…・ー【】〔〕％／＋０１２３４５６７８９①②③④⑤"
)
COMMON, USUAL, NEUTRAL, RARE, WRONG = 3.0, 1.0, 0.0, -1.5, -3.0
HALF_KANA = ("\uff61", "\uff9f")
KANA = ("\u3041", "\u30fe")
HANGUL_BLOCK = ("\uac00", "\ud7a3")
SETS = {"gb18030": SIMPLIFIED, "cp950": TRADITIONAL, "cp949": HANGUL} | dict.fromkeys(
    ("cp932", "euc_jp"), JAPANESE
)
# The standard, and the bytes that begin the characters of its first level.
LEVELS = {
    "gb18030": ("gb2312", 0xB0, 0xD7),
    "cp950": ("big5", 0xA4, 0xC6),
    "cp949": ("euc_kr", 0xB0, 0xC8),
    "cp932": ("euc_jp", 0xB0, 0xCF),
    "euc_jp": ("euc_jp", 0xB0, 0xCF),
}


def likelihood(sample: bytes, codec: str) -> float:
    """How likely the bytes are text in this encoding: a score a high byte, COMMON at best.

    Brackets that do not pair off, as an encoding swallowed one, count against it.
    """
    high = sum(count for byte, count in Counter(sample).items() if byte > 0x7F)
    if not high:
        return NEUTRAL
    text = sample.decode(codec, "replace")
    counts = Counter(letter for letter in text if letter > "\x7f")
    if codec in SETS:
        total = sum(count * _worth(letter, codec) for letter, count in counts.items())
    else:
        total = _worth_of_letters(text, codec)
    unpaired = abs(text.count("[") - text.count("]"))
    return (total - min(unpaired, high)) / high


def _worth(letter: str, codec: str) -> float:
    """What a character of an Asian encoding says for it."""
    if letter == "\ufffd":
        return 4 * WRONG
    if letter in SETS[codec]:
        return 2 * COMMON
    if letter in PUNCTUATION:
        return 2 * USUAL
    if HALF_KANA[0] <= letter <= HALF_KANA[1]:
        return NEUTRAL - 0.5
    if KANA[0] <= letter <= KANA[1]:
        return 2 * COMMON if codec in ("cp932", "euc_jp") else 2 * NEUTRAL
    if codec == "cp949" and not HANGUL_BLOCK[0] <= letter <= HANGUL_BLOCK[1]:
        return 2 * RARE if letter not in TRADITIONAL else 2 * NEUTRAL
    if codec == "gb18030" and letter in TRADITIONAL:
        return 2 * USUAL
    standard, first, last = LEVELS[codec]
    try:
        lead = letter.encode(standard)[0]
    except UnicodeEncodeError:
        return 2 * WRONG
    return 2 * (USUAL if first <= lead <= last else RARE)


def _worth_of_letters(text: str, codec: str) -> float:
    """What the letters of a European encoding say for it: in words, not by themselves."""
    total = 0.0
    for word in _words_with_high_letters(text):
        inner = [letter for letter in word if letter > "\x7f"]
        if codec == "cp1251":
            cyrillic = all("\u0410" <= letter <= "\u044f" or letter in "ёЁ" for letter in word)
            shaped = word[1:].islower() or word.isupper()
            shouts = 1.2 if word.isupper() else 2.2
            total += len(inner) * (shouts if cyrillic and shaped and len(word) > 1 else WRONG)
        else:
            letters = sum(letter.isalpha() for letter in inner)
            ascii_letters = len(word) - len(inner)
            plain = letters == len(inner) <= ascii_letters
            total += len(inner) * (2.0 if plain else RARE)
    return total


def _words_with_high_letters(text: str) -> list[str]:
    """Runs of letters that have one beyond ASCII, and such characters that are no letters."""
    words, word = [], ""
    for letter in text + " ":
        if letter.isalpha() or letter > "\x7f":
            word += letter
            continue
        if not word.isascii():
            words.append(word)
        word = ""
    return words
