namespace Etl.Loader.Tests.Survey.FirstContact;

/// <summary>Files that a careful reader would ask about, or send back.</summary>
internal static class DoubtfulFiles
{
    public static IReadOnlyList<RealFile> All { get; } =
    [
        RealFile.Ask("words over words", "Bob,Paris\nAnn,Rome\nJim,Bonn\n"),
        RealFile.Ask("words over words, three", "alpha,beta,gamma\ndelta,epsilon,zeta\neta,theta,iota\n"),
        RealFile.Ask("towns over towns", "Bern,Riga\nRome,Cork\nOslo,Lyon\nGent,Turin\n"),
        RealFile.Ask("one column of words", "apple\npear\nplum\ncherry\n"),
        RealFile.Ask("one column of names", "Anna Meier\nBob Senn\nCarla Rossi\n"),
        RealFile.Ask("a name missing", "date,qty,code\n2026-05-01,Bern,3,AB-1\n2026-05-02,Riga,1,AB-2\n2026-05-03,Cork,2,AB-3\n"),
        RealFile.Ask("a name missing, last column of texts", "id,qty,city\n1,Lamp,5,Bern\n2,Nail,7,Riga\n3,Tape,9,Cork\n"),
        RealFile.Ask("labels that recur", "mpg cyl disp\nMazda 21 6 160\nMazda 32 4 78\nHonda 30 4 75\nVolvo 21 4 121\n"),
        RealFile.Ask("prose", "This is a letter, not a table.\nIt has lines; some have commas, others do not.\nNobody would load it.\n"),
        RealFile.Ask("source code", "int main(void) {\n  int a = 1, b = 2;\n  printf(\"%d\\n\", a + b);\n  return 0;\n}\n"),
        RealFile.Ask("ini file", "[server]\nhost=example.org\nport=80\n[client]\nname=x\n"),
        RealFile.Ask("two tables", "id,name,price\n1,Kettle,10.5\n2,Lamp,20.0\n\nid,town,count,area\n1,Bern,5,2.5\n2,Riga,7,3.5\n"),
        RealFile.Ask("two tables of one width", "id,name,price\n1,Kettle,10.5\n2,Lamp,20.0\n\nno,town,area\n1,Bern,5\n2,Riga,7\n"),
        RealFile.Ask("groups above names", ",2019,2019,2020,2020\ncountry,min,max,min,max\nA,1,2,3,4\nB,2,3,4,5\n"),
        RealFile.Ask("two lines of names", "Goods,Item,Money\nid,name,price\n1,Kettle,10.5\n2,Lamp,20.0\n"),
        RealFile.Ask("sum at the end", "product,v\nCup,5\nPot,7\nTotal,12\n"),
        RealFile.Ask("json in csv", "{\"a\": 1, \"b\": 2}\n{\"a\": 3, \"b\": 4}\n"),
        RealFile.Ask("tags", "<table><tr><td>1</td></tr>\n<tr><td>2</td></tr></table>\n"),
        RealFile.Ask("pairs", "name: Bob\ntown: Bern\nage: 42\n"),
        RealFile.Ask("a short first line", "id,name\nno,text,EUR\n1,Kettle,10.5\n2,Lamp,20.0\n"),
        RealFile.Ask("delimiters in texts", "a b;c,d\ne f;g,h\n"),
        RealFile.Ask("two years", "country,2019,2020\nA,1,2\nB,3,4\n"),
        RealFile.Ask("a small table above another", "item,text\n1,Nail\n2,Screw\n\nid,author,note,price\n1,Anna,plain,2.5\n2,Bob,other,3.5\n3,Eva,none,4.5\n"),
        RealFile.Ask("a column of numbers above a table", "n\n1\n2\n3\n4\n5\n\nid,author,price\n1,Anna,2.5\n2,Bob,3.5\n3,Eva,4.5\n"),
        RealFile.Ask("numbers as names", "Name;0.1;0.5;0.9\nA;10;20;30\nB;11;21;31\nC;12;22;32\n"),
        RealFile.Ask("a delimiter lost in the names", "idname,qty\n1,Kettle,10\n2,Lamp,20\n3,Chair,30\n4,Hose,25\n5,Cup,5\n"),
        RealFile.Ask("names twice in the header", "id,name,price,id,name\n1,Kettle,10.5\n2,Lamp,20.0\n3,Chair,30.25\n"),
        RealFile.Ask("a column without values in the middle", "id,name,city,price\n1,Kettle,10.5\n2,Lamp,20.0\n3,Chair,30.25\n"),
        RealFile.Ask("a form", "Name:,Bob,,\n,,Date:,2026-01-01\nTown:,Bern,,\n,,Sum:,15.50\n"),
        RealFile.Ask("one line of words", "Bob,Paris,Kettle\n"),
        RealFile.Ask("few rows, one longer", "id,name\n1,Bob\n2,Ann,x\n3,Jim\n"),
        RealFile.Ask("labels before an empty column", "a,b,c\n1,5,6,\n2,7,8,\n3,9,1,\n"),
        RealFile.Ask("log with blanks", "Jan 5 host kernel: eth0 up\nJan 5 host sshd: login of bob from 10.0.0.1\nJan 6 host kernel: eth0 down\n"),
    ];
}
