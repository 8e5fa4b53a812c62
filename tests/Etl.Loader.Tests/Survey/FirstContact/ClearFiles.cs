namespace Etl.Loader.Tests.Survey.FirstContact;

/// <summary>Files that a careful reader is sure of.</summary>
internal static class ClearFiles
{
    public static IReadOnlyList<RealFile> All { get; } =
    [
        // Texts only, no header.
        RealFile.Clear("urls in the first line", "http://example.org/a,http://example.org/b\nhttp://example.org/c,http://example.org/d\nhttp://example.org/e,http://example.org/f\n", "column_1|column_2", 3, "http://example.org/a|http://example.org/b"),
        RealFile.Clear("sentences in the first line", "en,The cat sat on the mat and looked at the dog.\nen,A dog barked at the postman for most of the day.\nde,Der Hund bellte den ganzen Tag lang den Briefträger an.\n", "column_1|column_2", 3, "en|The cat sat on the mat and looked at the dog."),
        RealFile.Clear("codes in the first line", "GO:0008150,biological process\nGO:0003674,molecular function\nGO:0005575,cellular component\nGO:0016020,membrane\n", "column_1|column_2", 4, "GO:0008150|biological process"),
        RealFile.Clear("equal cells", "Anna Meier,anna.meier,Anna Meier\nBob Senn,bob.senn,Bob Senn\nCarla Rossi,carla.rossi,Carla Rossi\nDan Frei,dan.frei,Dan Frei\n", "column_1|column_2|column_3", 4, "Anna Meier|anna.meier|Anna Meier"),
        RealFile.Clear("mail addresses", "Anna,anna@example.org\nBob,bob@example.org\nCarla,carla@example.net\n", "column_1|column_2", 3, "Anna|anna@example.org"),
        RealFile.Clear("paths", "/usr/bin/ls,core\n/usr/bin/cat,core\n/usr/sbin/sshd,net\n/etc/passwd,conf\n", "column_1|column_2", 4, "/usr/bin/ls|core"),
        RealFile.Clear("log levels", "INFO;server started;main\nWARN;disk nearly full;disk\nINFO;user logged in;auth\nERROR;disk full;disk\n", "column_1|column_2|column_3", 4, "INFO|server started|main"),
        RealFile.Clear("constant prefix", "gene-abc,chr1\ngene-def,chr2\ngene-xyz,chrX\ngene-klm,chr7\n", "column_1|column_2", 4, "gene-abc|chr1"),
        RealFile.Clear("codes of one length", "AAPL,US0378331005\nMSFT,US5949181045\nNESN,CH0038863350\nROG,CH0012032048\n", "column_1|column_2", 4, "AAPL|US0378331005"),

        // Texts only, with header.
        RealFile.Clear("identifiers over texts", "user_id,display_name\nabc,Anna Meier\ndef,Bob Senn\nghi,Carla Rossi\n", "user_id|display_name", 3, "abc|Anna Meier"),
        RealFile.Clear("names of two words", "Customer Name,Home Town\nAnna Meier,Bern\nBob Senn,Riga\nCarla Rossi,Rome\nDan Frei,Bern\n", "Customer Name|Home Town", 4, "Anna Meier|Bern"),
        RealFile.Clear("capitals over words", "SPECIES,HABITAT\nRed fox,forest\nGrey wolf,tundra\nBrown bear,forest\nOtter,river\n", "SPECIES|HABITAT", 4, "Red fox|forest"),
        RealFile.Clear("small letters over capitalised words", "genus,habitat\nVulpes,Forest\nCanis,Tundra\nUrsus,Forest\nLutra,River\n", "genus|habitat", 4, "Vulpes|Forest"),
        RealFile.Clear("short names over sentences", "term;meaning\nApp;A program that runs on a telephone or computer.\nBit;The smallest unit of information in a computer.\nCPU;The part of a computer that executes programs.\nRAM;The memory that a computer forgets without power.\n", "term|meaning", 4, "App|A program that runs on a telephone or computer."),
        RealFile.Clear("german names over texts", "Kundennummer;Kundenname;Ort\nK-A;Meier;Bern\nK-B;Senn;Thun\nK-C;Rossi;Chur\n", "Kundennummer|Kundenname|Ort", 3, "K-A|Meier|Bern"),
        RealFile.Clear("question and answer", "Question,Answer\nWho is it?,Bob\nWhere is it?,Rome\nWhat is it?,A kettle\n", "Question|Answer", 3, "Who is it?|Bob"),

        // A name short: row labels.
        RealFile.Clear("row labels, blanks", "mpg cyl disp\nMazda 21 6 160\nFiat 32 4 78\nHonda 30 4 75\nVolvo 21 4 121\n", "column_1|mpg|cyl|disp", 4, "Mazda|21|6|160"),
        RealFile.Clear("row labels, numbered", "city,inhabitants,area\n1,Bern,134000,51.6\n2,Riga,605000,304.0\n3,Cork,210000,187.0\n", "column_1|city|inhabitants|area", 3, "1|Bern|134000|51.6"),
        RealFile.Clear("row labels, quoted", "\"x\",\"y\"\n\"1\",4.5,2.25\n\"2\",6.5,3.5\n\"3\",7.5,4.75\n", "column_1|x|y", 3, "1|4.5|2.25"),
        RealFile.Clear("row labels, tabs", "S1\tS2\tS3\nTP53\t4.5\t2.1\t0.3\nBRCA1\t1.5\t2.2\t8.3\nEGFR\t9.5\t2.3\t7.3\n", "column_1|S1|S2|S3", 3, "TP53|4.5|2.1|0.3"),
        RealFile.Clear("row labels, iris", "Sepal.Length,Sepal.Width,Species\n1,5.1,3.5,setosa\n2,4.9,3.0,setosa\n3,6.2,2.9,versicolor\n4,5.9,3.0,virginica\n", "column_1|Sepal.Length|Sepal.Width|Species", 4, "1|5.1|3.5|setosa"),

        // One column.
        RealFile.Clear("one column of exponents", "1.5E5\n2.25E-3\n7.5E1\n", "column_1", 3, "1.5E5"),
        RealFile.Clear("one column with NaN", "value\n1.5\nNaN\n2.5\nINF\nNaN\n-INF\n", "value", 6, "1.5"),
        RealFile.Clear("one column of times", "12:30\n13:45\n14:10\n", "column_1", 3, "12:30"),
        RealFile.Clear("one column of addresses", "ip\n10.0.0.1\n10.0.0.2\n192.168.1.17\n", "ip", 3, "10.0.0.1"),
        RealFile.Clear("one column of addresses, no header", "10.0.0.1\n10.0.0.2\n192.168.1.17\n", "column_1", 3, "10.0.0.1"),
        RealFile.Clear("one column of mail addresses", "anna@example.org\nbob@example.org\ncarla@example.org\n", "column_1", 3, "anna@example.org"),
        RealFile.Clear("one column of urls", "http://example.org/a/x\nhttp://example.org/b/y\nhttp://example.org/c/z\n", "column_1", 3, "http://example.org/a/x"),
        RealFile.Clear("one column of domains", "domain\nexample.org\nexample.net\nexample.com\n", "domain", 3, "example.org"),
        RealFile.Clear("one column of permille", "rate\n1.5‰\n2.5‰\n7.1‰\n", "rate", 3, "1.5‰"),
        RealFile.Clear("one column of moments", "created_at\n2026-05-01T10:00:00Z\n2026-05-02T10:00:00Z\n2026-05-03T10:00:00Z\n", "created_at", 3, "2026-05-01T10:00:00Z"),

        // Title lines.
        RealFile.Clear("title with the delimiter", "Sales of Bern, Thun and Chur, 2026\nid,name,qty,price\n1,Kettle,5,10.5\n2,Lamp,7,20.0\n3,Chair,9,30.25\n", "id|name|qty|price", 3, "1|Kettle|5|10.5"),
        RealFile.Clear("title with the delimiter, blank line", "Sales, May\n\nid,name,price\n1,Kettle,10.5\n2,Lamp,20.0\n3,Chair,30.25\n", "id|name|price", 3, "1|Kettle|10.5"),
        RealFile.Clear("block of keys", "Station: Bern, Zollikofen\nHeight: 553 m\nCoordinates: 46.99, 7.46\n\ndate;temperature;rain\n2026-01-01;1.5;0.0\n2026-01-02;2.5;1.5\n2026-01-03;0.5;0.0\n", "date|temperature|rain", 3, "2026-01-01|1.5|0.0"),
        RealFile.Clear("block of keys and values", "Station,Bern\nHeight,553\nOwner,MeteoSwiss\n\ndate,temperature,rain\n2026-01-01,1.5,0.0\n2026-01-02,2.5,1.5\n2026-01-03,0.5,0.0\n", "date|temperature|rain", 3, "2026-01-01|1.5|0.0"),
        RealFile.Clear("account statement", "Konto:;CH93 0076 2011 6238 5295 7;;;\nVon:;01.01.2026;;;\nBis:;31.01.2026;;;\n\nDatum;Text;Belastung;Gutschrift;Saldo\n02.01.2026;Miete;1500.00;;3500.00\n05.01.2026;Lohn;;5000.00;8500.00\n07.01.2026;Migros;85.20;;8414.80\n", "Datum|Text|Belastung|Gutschrift|Saldo", 3, "02.01.2026|Miete|1500.00|∅|3500.00"),
        RealFile.Clear("title over full width", "Report 2026,,Bern,,\ndate,station,temperature,rain,wind\n2026-01-01,A,1.5,0.0,4\n2026-01-02,B,2.5,1.5,5\n2026-01-03,C,0.5,0.0,6\n", "date|station|temperature|rain|wind", 3, "2026-01-01|A|1.5|0.0|4"),
        RealFile.Clear("world bank", "\"Data Source\",\"World Development Indicators\",\n\n\"Last Updated Date\",\"2026-05-01\",\n\n\"Country Name\",\"Country Code\",\"Indicator\",\"1960\",\"1961\",\"1962\"\n\"Aruba\",\"ABW\",\"Population\",\"54211\",\"55438\",\"56225\"\n\"Angola\",\"AGO\",\"Population\",\"5643182\",\"5753024\",\"5866061\"\n\"Albania\",\"ALB\",\"Population\",\"1608800\",\"1659800\",\"1711319\"\n", "Country Name|Country Code|Indicator|1960|1961|1962", 3, "Aruba|ABW|Population|54211|55438|56225"),

        // Another delimiter inside cells.
        RealFile.Clear("lists in cells", "id;name;tags\n1;Kettle;red,round\n2;Lamp;blue,tall\n3;Chair;green,old\n", "id|name|tags", 3, "1|Kettle|red,round"),
        RealFile.Clear("decimal commas under ;", "id;price\n1;10,5\n2;20,75\n3;30,25\n", "id|price", 3, "1|10,5"),
        RealFile.Clear("lists divided by |", "title,genres,year\nHeat,Crime|Drama,1995\nJumanji,Fantasy|Family,1995\nCasino,Crime|Drama,1995\n", "title|genres|year", 3, "Heat|Crime|Drama|1995"),
        RealFile.Clear("names and commas under tabs", "name\taddress\nAnna\tBahnhofstr. 1, Bern\nBob\tHauptstr. 2, Thun\nCarla\tDorfplatz 3, Chur\n", "name|address", 3, "Anna|Bahnhofstr. 1, Bern"),

        // Several header lines.
        RealFile.Clear("units below", "time,speed,mass\ns,m/s,kg\n0.5,1.5,2.5\n1.0,1.7,2.4\n1.5,1.9,2.3\n", "time|speed|mass", 3, "0.5|1.5|2.5"),
        RealFile.Clear("a row of letters that are units too", "sex,size,age\nm,s,-\nf,m,33\nm,l,41\nf,s,29\n", "sex|size|age", 4, "m|s|-"),
        RealFile.Clear("a first row without values", "temp,humidity\nn/a,n/a\n12.5,40\n13.1,42\n12.9,43\n", "temp|humidity", 4, "n/a|n/a"),
        RealFile.Clear("units in brackets", "Date;Temp;Rain\n;[°C];[mm]\n2026-01-01;1.5;0.0\n2026-01-02;2.5;1.5\n2026-01-03;0.5;0.0\n", "Date|Temp|Rain", 3, "2026-01-01|1.5|0.0"),
        RealFile.Clear("hxl tags", "Country,Affected,Date\n#country,#affected,#date\nMali,1500,2026-01-01\nChad,2500,2026-01-02\nNiger,900,2026-01-03\n", "Country|Affected|Date", 3, "Mali|1500|2026-01-01"),
        RealFile.Clear("types below", "name,qty,price\nstring,int,float\nKettle,5,10.5\nLamp,7,20.25\nChair,9,30.75\n", "name|qty|price", 3, "Kettle|5|10.5"),

        // Padded cells.
        RealFile.Clear("padded numbers", "id  ,name   , price\n1   ,Kettle ,  10.5\n2   ,Lamp   ,  20.0\n30  ,Chair  ,   7.5\n", "id|name|price", 3, "1|Kettle |10.5"),
        RealFile.Clear("padded numbers under ;", "nr;  qty;  price\n 1;    5;   10.5\n 2;   17;   20.0\n10;  200;    7.5\n", "nr|qty|price", 3, "1|5|10.5"),
        RealFile.Clear("padded numbers under |", "id | name   | qty\n 1 | Kettle |   5\n 2 | Lamp   |  17\n 3 | Chair  | 200\n", "id|name|qty", 3, "1| Kettle |5"),

        // Last rows.
        RealFile.Clear("sparse last row", "date,open,high,low,close\n2026-01-01,1.5,2.5,1.0,2.0\n2026-01-02,2.0,2.5,1.5,2.0\n2026-01-03,2.0,3.5,2.0,3.0\n2026-01-04,3.0,,,\n", "date|open|high|low|close", 4, "2026-01-01|1.5|2.5|1.0|2.0"),

        // '#' before the names.
        RealFile.Clear("names behind #", "#id,name,price\n1,Kettle,10.5\n2,Lamp,20.0\n3,Chair,30.25\n", "#id|name|price", 3, "1|Kettle|10.5"),
        RealFile.Clear("names behind # and blank", "# made by us\n# id,name,price\n1,Kettle,10.5\n2,Lamp,20.0\n3,Chair,30.25\n", "# id|name|price", 3, "1|Kettle|10.5"),
        RealFile.Clear("names behind # and tab", "#\tid\tqty\tprice\n1\t5\t10.5\n2\t7\t20.0\n3\t9\t30.25\n", "id|qty|price", 3, "1|5|10.5"),
        RealFile.Clear("names behind #, bed", "#chrom\tstart\tend\tname\nchr1\t100\t200\ta\nchr1\t300\t400\tb\nchr2\t150\t250\tc\n", "#chrom|start|end|name", 3, "chr1|100|200|a"),

        // Rows that are all short.
        RealFile.Clear("all rows lack the last column", "id,name,price,remark\n1,Kettle,10.5\n2,Lamp,20.0\n3,Chair,30.25\n", "id|name|price|remark", 3, "1|Kettle|10.5|∅"),
        RealFile.Clear("header ends in a delimiter", "id,name,price,\n1,Kettle,10.5\n2,Lamp,20.0\n3,Chair,30.25\n", "id|name|price", 3, "1|Kettle|10.5"),
        RealFile.Clear("rows end in a delimiter", "id,name,city\n1,Bob,Rome,\n2,Anna,Bern,\n3,Carla,Riga,\n", "id|name|city", 3, "1|Bob|Rome"),

        // Quotes.
        RealFile.Clear("blanks before quotes", "id, name, note\n1, \"Kettle\", \"red, round\"\n2, \"Lamp\", \"tall\"\n3, \"Chair\", \"old, green\"\n", "id|name|note", 3, "1|Kettle|red, round"),

        // Others.
        RealFile.Clear("remarks between rows", "id,name,price\n1,Kettle,10.5\n# checked by Bob\n2,Lamp,20.0\n# checked by Eva\n3,Chair,30.25\n", "id|name|price", 3, "1|Kettle|10.5"),
        RealFile.Clear("# as delimiter", "id#name#price\n1#Kettle#10.5\n2#Lamp#20.0\n3#Chair#30.25\n", "id|name|price", 3, "1|Kettle|10.5"),
        RealFile.Clear("header twice", "id,name,price\nid,name,price\n1,Kettle,10.5\n2,Lamp,20.0\n3,Chair,30.25\n", "id|name|price", 3, "1|Kettle|10.5"),
        RealFile.Clear("years as names", "country,2019,2020,2021,2022\nSwitzerland,8.5,8.6,8.7,8.7\nLatvia,1.9,1.9,1.9,1.8\nItaly,59.7,59.6,59.2,58.9\n", "country|2019|2020|2021|2022", 3, "Switzerland|8.5|8.6|8.7|8.7"),
        RealFile.Clear("times without seconds", "from,to,what\n08:00,09:30,Meeting\n09:30,10:15,Call\n10:15,12:00,Work\n", "from|to|what", 3, "08:00|09:30|Meeting"),
        RealFile.Clear("swiss numbers", "Ort;Einwohner\nBern;134'591\nThun;43'734\nChur;37'106\n", "Ort|Einwohner", 3, "Bern|134'591"),

        // Encodings.
        RealFile.Clear("windows-1251", "windows-1251", "Город;Население;Область\nМосква;12655050;Москва\nКазань;1308660;Татарстан\nНовосибирск;1633851;Новосибирская\nЕкатеринбург;1539371;Свердловская\nСамара;1173299;Самарская\n", "Город|Население|Область", 5, "Москва|12655050|Москва"),
        RealFile.Clear("windows-1250", "windows-1250", "jméno;město\nDvořák;Plzeň\nŠťastný;Brno\nČerný;Ústí\nNovák;Třebíč\nKřížová;Kroměříž\nŽižka;Děčín\n", "jméno|město", 6, "Dvořák|Plzeň"),
        RealFile.Clear("windows-1250, polish", "windows-1250", "imię;nazwisko;miasto\nŁukasz;Wiśniewski;Łódź\nMałgorzata;Dąbrowska;Poznań\nStanisław;Zieliński;Kraków\nGrażyna;Woźniak;Rzeszów\nPaweł;Król;Gdańsk\n", "imię|nazwisko|miasto", 5, "Łukasz|Wiśniewski|Łódź"),
        RealFile.Clear("mac roman", "macintosh", "nom;ville\nGaëtan Forêt;Orléans\nHélène Dupré;Besançon\nAndré Lefèvre;Sète\nChloé Bénard;Nîmes\nZoé Crêpe;Périgueux\n", "nom|ville", 5, "Gaëtan Forêt|Orléans"),
        RealFile.Clear("gb18030", "gb18030", "姓名,城市,年龄\n王小明,北京市,25\n李大华,上海市,31\n张建国,广州市,47\n陈美丽,深圳市,29\n刘志强,天津市,38\n", "姓名|城市|年龄", 5, "王小明|北京市|25"),
        RealFile.Clear("shift_jis", "shift_jis", "氏名,都市,年齢\n田中太郎,東京都,25\n鈴木花子,大阪市,31\n佐藤一郎,名古屋市,47\n高橋さくら,札幌市,29\nタナカ商店,横浜市,38\n", "氏名|都市|年齢", 5, "田中太郎|東京都|25"),
        RealFile.Clear("windows-1252", "windows-1252", "Straße;Ort\nHauptstraße;Zürich\nMühleweg;Köln\nÄußere Gasse;Nürnberg\n", "Straße|Ort", 3, "Hauptstraße|Zürich"),
    ];
}
