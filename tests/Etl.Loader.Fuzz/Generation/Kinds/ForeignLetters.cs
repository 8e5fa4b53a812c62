using System.Text;

namespace Etl.Loader.Fuzz.Generation.Kinds;

/// <summary>Words of many languages in the encodings of old systems: read with their own letters, or refused.</summary>
internal static class ForeignLetters
{
    private static readonly (string[] Encodings, string[] Words)[] Languages =
    [
        (["windows-1252", "iso-8859-15", "macintosh", "ibm850", "windows-1254"], ["Genève", "crème", "français", "hôtel", "Noël", "première", "été", "garçon", "forêt", "où", "à", "Nîmes", "très", "cœur", "l’eau", "Orléans"]),
        (["windows-1252", "iso-8859-15", "macintosh", "windows-1250", "ibm850"], ["Zürich", "Müller", "Straße", "Österreich", "Köln", "Größe", "Bär", "schön", "Äpfel", "Fußball"]),
        (["windows-1252", "iso-8859-15", "macintosh", "ibm850"], ["España", "Muñoz", "García", "León", "niño", "Martín", "año", "Málaga", "corazón", "¿Qué", "Córdoba", "Luís", "Ibáñez"]),
        (["windows-1252", "iso-8859-15", "macintosh"], ["São Paulo", "João", "coração", "Conceição", "três", "avô", "não", "função", "Évora", "António"]),
        (["windows-1252", "iso-8859-15", "macintosh", "windows-1257"], ["Malmö", "Åkesson", "Göteborg", "Håkan", "Umeå", "Västerås", "Ålesund", "smörgås", "över", "när"]),
        (["windows-1252", "iso-8859-15", "macintosh"], ["København", "Søren", "Ærø", "Århus", "Tromsø", "Bodø", "rød", "grøn", "brød", "på"]),
        (["windows-1252", "iso-8859-15"], ["Þórður", "Sigríður", "Jónsson", "Ísafjörður", "Guðrún", "Hafnarfjörður", "ár", "því", "maður"]),
        (["windows-1250", "iso-8859-2", "ibm852"], ["Łódź", "Kraków", "Gdańsk", "Wałęsa", "Żółw", "Śląsk", "Poznań", "źródło", "części", "święto"]),
        (["windows-1250", "iso-8859-2", "ibm852"], ["Dvořák", "Plzeň", "Novák", "České", "Třebíč", "žluťoučký", "kůň", "Jiří", "město", "Ústí"]),
        (["windows-1250", "iso-8859-2"], ["Győr", "Szőke", "Erdős", "Pécs", "Székesfehérvár", "fűnyíró", "gyűrű", "tükör", "időjárás"]),
        (["windows-1250", "iso-8859-2"], ["Šibenik", "Čakovec", "Đurđevac", "Požega", "kuća", "žena", "čovjek", "šuma"]),
        (["windows-1254", "iso-8859-9"], ["İstanbul", "Işık", "Çağlar", "Şahin", "Yıldız", "Müdür", "güneş", "ağaç", "Kılıç", "öğretmen", "Eskişehir"]),
        (["windows-1257", "iso-8859-13"], ["Vilnius", "Šiauliai", "Panevėžys", "Žemaitija", "ąžuolas", "ūkis", "įmonė", "Rīga", "Jēkabpils", "Tõnu", "Võru"]),
        (["windows-1251", "koi8-r", "ibm866", "iso-8859-5"], ["Москва", "Анна", "Екатеринбург", "Новосибирск", "хлеб", "молоко", "Иванов", "Петров", "улица", "Казань"]),
        (["windows-1253", "iso-8859-7"], ["Αθήνα", "Πάτρα", "Βόλος", "Χανιά", "Κως", "Θεσσαλονίκη", "ψωμί"]),
        (["gb18030", "big5"], ["北京", "上海", "中山", "台北", "男", "女", "王小明", "林大同"]),
        (["gb18030"], ["广州", "深圳", "电话", "张伟", "刘洋", "苹果", "备注"]),
        (["shift_jis", "euc-jp"], ["東京", "大阪", "りんご", "カメラ", "山田", "テスト", "田中太郎", "ソニー"]),
        (["euc-kr"], ["서울", "부산", "사과", "김철수", "이름", "대구", "전화"]),
    ];

    static ForeignLetters() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>Any of them, from a single word to many: with its own letters or not at all.</summary>
    public static KindCase Any(Dice dice)
    {
        var (encodings, words) = dice.One(Languages);
        return Make("letters of another encoding", dice, dice.One(encodings), [.. dice.Shuffle(words).Take(dice.Int(1, 8))]) with { MayBeRefused = true };
    }

    /// <summary>Many words of western languages in windows-1252 leave no doubt.</summary>
    public static KindCase Western(Dice dice) =>
        Make("many letters of windows-1252", dice, "windows-1252", [.. dice.Shuffle(Languages[dice.Int(0, 5)].Words.Except(["Luís"])).Take(8)]);

    private static KindCase Make(string kind, Dice dice, string encoding, string[] words)
    {
        var of = Encoding.GetEncoding(encoding, EncoderFallback.ReplacementFallback, DecoderFallback.ExceptionFallback);
        // What is UTF-8 by chance is read as that.
        words = [.. words.Where(word => of.GetString(of.GetBytes(word)) == word && (word.All(char.IsAscii) || !System.Text.Unicode.Utf8.IsValid(of.GetBytes(word))))];
        words = words.Length > 0 ? words : ["plain"];
        var rows = Enumerable.Range(1, dice.Int(words.Length, 4 * words.Length))
            .Select(i => (string?[])[KindTable.Number(i), i <= words.Length ? words[i - 1] : dice.One(words), dice.One(KindTable.Towns)])
            .ToList();
        string[] names = ["id", "name", "city"];
        var text = KindTable.Line(names) + "\n" + string.Concat(rows.Select(row => KindTable.Line(row!) + "\n"));
        return new(kind, of.GetBytes(text), names, rows);
    }
}
