"""Where the figures of the commodity files come from: pages read as excerpts in November 2026, by short name."""

# ruff: noqa: E501 - a web address is not broken over two lines
from __future__ import annotations

from typing import Final

GENERAL: Final = "general knowledge"
NAMED: Final = "a standard known by name; its text was not read"

ICO: Final = (
    "https://www.thecoffeeguide.org/coffee-guide/world-coffee-trade/conversions-and-statistics/ (ITC "
    "Coffee Guide, quoting ICO agreed factors)"
)
QA108: Final = "https://www.thecoffeeguide.org/QA-108/ (ITC Coffee Guide, cherry to green)"
WIKIV: Final = (
    "https://en.wikiversity.org/wiki/Coffee_Farming/Cheatsheet (measured factors 0.3397, 0.4781, 0.1974, "
    "0.8055, 0.159-0.162)"
)
GREENWELL: Final = "http://greenwellblog.com/processing-coffee-cherry/ (4.25 lb cherry per lb dry parchment, Kona)"
ROAST: Final = (
    "https://coffee.towerofrecords.com/coffee/roast-weight-loss and "
    "https://cal53.calculator.city/?p=512110 (15-22 %, 12-22 %)"
)
LAOMAN: Final = "https://fao.org/4/ae939e/ae939e08.htm (FAO Arabica coffee manual for Lao PDR, ch. 6)"
LAOMAN8: Final = "https://fao.org/4/ae939e/ae939e0a.htm (FAO Lao manual ch. 8: no Lao export quality standard in 2005)"
ICO420: Final = (
    "ICC Resolution 420 (21 May 2004), https://scribd.com/document/713185602 and thecoffeeguide.org "
    "ico-minimum-export-standards"
)
SLCOF: Final = (
    "https://sonlacoffee.com.vn/phong-su-ve-vung-nguyen-lieu-ca-phe-mai-son-2/ (Mai Son 12-15 t "
    "cherry/ha; 4,975 t green on 4,200 ha)"
)
SL24: Final = (
    "https://nongnghiep.vn/ca-phe-son-la-duoc-mua-gia-cao-chua-tung-thay-d376717.html (near 20 t cherry on 1 ha)"
)
SLCH: Final = "https://tintuc.chonchinh.com/dieu-gi-tao-su-khac-biet-cua-cay-ca-phe-o-son-la (about 10 t cherry/ha)"
DAKNONG: Final = "https://boxhoidap.com/1-ha-duoc-bao-nhieu-tan-ca-phe/amp (Dak Nong 2.73 t green/ha)"
KONTUM: Final = (
    "https://tailieuebook.com/danh-gia-thuc-trang-va-cac-yeu-to-anh-huong-den-nang-suat-ca-phe-voi-tai-kon-tum-8198 "
    "(2.92 t/ha, by age class to 3.55; potential 3.85)"
)
PAULL: Final = (
    "Paull & Ketsa, Durian: Postharvest Quality-Maintenance Guidelines, Univ. Hawaii 2014, "
    "https://docslib.org/doc/2339200/ (pulp 20-35 % of mass)"
)
DURINFO: Final = (
    "http://durianinfo.blogspot.com/p/blog-page_18.html (Monthong more than 30 % edible; bears at 8 y, Chanee 4-6 y)"
)
DURIANCN: Final = "https://www.chaxiaohao.com/read-1751116994l4249719.html (Chinese page: trade mean 30-32 %; weak)"
DURIAN1: Final = (
    "https://haomeiwen.com/subject/wohxurtx.html (one fruit weighed: 674 g flesh with seed of 1,721 g; "
    "1,776 to 1,721 g overnight)"
)
KRADUM: Final = (
    "https://phtnet.org/research/view-abstract.asp?research_id=wx201 (Kradum: 28 % needed, Thai official 27 %)"
)
TCVNDURI: Final = (
    "TCVN 10739:2015, summary "
    "https://lawnet.vn/judgment/en/tin-tuc/what-are-the-quality-and-classification-requirements-for-durian-in-vietnam-8928"
)
ASEANDURI: Final = "ASEAN Stan 1:2006 Rev.1-2012, https://paperzz.com/doc/8303215/asean-standard-for-durian"
DL20: Final = (
    "https://123docz.net/trich-doan/3850341-dac-diem-vung-khao-sat.htm (Dak Lak 43,493 t on 2,155 ha "
    "bearing = 20.2 t/ha)"
)
DL40: Final = (
    "https://kinhtenongthon.vn/sau-rieng-duoc-mua-trung-gia-tieu-thu-nhanh-gap-nhieu-lan-post22187.html "
    "(10-15 y gardens 35-40 t/ha; 230 trees gave 45 t)"
)
DT361: Final = (
    "https://doanhnghiepvn.vn/thi-truong/chuyen-la-dak-nong-36-cay-sau-rieng-thu-500-trieu-dong/20191009075602251 "
    "(36 trees gave 13 t = 361 kg a tree)"
)
VNE: Final = (
    "https://e.vnexpress.net/news/business/economy/use-of-fake-codes-in-durian-exports-to-china-reported-4833070.html "
    "(fake codes; 154,000 ha, 1.2 Mt)"
)
MPS: Final = (
    "https://pmnfl.cn/en/17-individuals-prosecuted-over-durian-export-violations-2460745.html (Nov 2025: "
    "traded plantation codes, false tests)"
)
MANGOORG: Final = (
    "https://www.mango.org/foodservice/yield-and-cutting/ (usable flesh 56.5-71.3 % of fruit, 50 fruit a variety)"
)
MANGOPD: Final = (
    "https://phyto-alexin.blogspot.com/2015/11/fruits-world-mango.html (after Paull & Duarte 2011: flesh "
    "60-75, skin 11-18, seed 14-22 %)"
)
MANGOZA: Final = "https://www.mango.co.za/trader-info/ (13 kg fresh per kg dried at 22 % moisture)"
MANGOFD: Final = (
    "https://mail.researcherslinks.com/current-issues/Effect-Freeze-Drying-Pressure-Dried-Mango-Slices/14/29/4421/html "
    "(freeze-dried: 17.5 % of slices)"
)
MANGOBY: Final = (
    "https://echocommunity.org/lg/resources/dcd7e9d8-f7f6-4ae2-9d40-7ae9b87d309f (Feedipedia: by-products 40-50 %)"
)
MANGODT: Final = (
    "https://thienlocphat.asia/vietnam-dong-thap-province-to-expand-mango-acreage-en-139.html (Dong Thap "
    "11 t/ha; main season Apr-May)"
)
MANGODN: Final = "https://hxcorp.com.vn/news/1086 (Dong Nai 10 t/ha, good groups 20)"
MANGOSL: Final = (
    "https://vovworld.vn/id-ID/berita/buah-mangga-son-la-diekspor-ke-banyak-negara-di-dunia-873263.vov "
    "(Mai Son 14,000 t on 2,600 ha; June)"
)
DDP25: Final = (
    "UNECE DDP-25 Dried Mangoes 2013 (named at "
    "https://docsbay.net/United-Nations-Economic-Commission-for-Europe; limits not read)"
)
CXS184: Final = "CXS 184-1993 mango (https://www.scribd.com/document/579417200)"
LN20: Final = (
    "https://nongnghiep.vn/song-ma-tu-tin-tieu-thu-hon-70-nghin-tan-nhan-d357727.html (2,000 t dried aril "
    "= 20,000 t fresh; 70,000 t on 6,650 ha)"
)
LN10: Final = (
    "https://24h.com.vn/thi-truong-tieu-dung/ban-voi-gia-ca-tram-nghin-kg-nho-bien-bach-ngoc-thanh-long-nhan-c52a976976.html "
    "(10 kg fresh to 1 kg long nhan)"
)
FAOLONGAN: Final = (
    "http://www.fao.org/3/X6908E/x6908e0d.htm (Longan production in Asia: bears year 4; 60 kg a tree year "
    "10; 150-200 kg after year 15)"
)
LNPOST: Final = (
    "http://what-when-how.com/Tutorial/topic-73527nsk/Tropical-and-Subtropical-Fruits-Postharvest-Physiology-Processing-and-Packaging-247.html "
    "and -242 (aril at most 18 % moisture; maturity 15.5-16 Brix)"
)
LNTH: Final = (
    "http://webapp.ldd.go.th/lpd/node_modules/img/Download/zonmap/zonmap1/longan/files/basic-html/page30.html "
    "(Thai OAE 2020: 747 kg/rai, Lamphun 902)"
)
CXS220: Final = "CODEX STAN 220-1999 longan (http://files.foodmate.com/2013/files_1044.html)"
TEACN: Final = (
    "http://m.jiachangba.com/html/chaye/608838.html (4-5 jin leaf to 1 jin; dry spell 3.8-4.2, wet leaf "
    "5.5-6; raw tea to clean tea 0.6 after stem picking) and http://yunnanlong.com/c/032932132462024.html"
)
TEADE: Final = "https://www.auresa.de/blog/tee-lexikon/ausbeute/ (100 kg leaf gives about 23 kg)"
TEAVN: Final = "https://vietnamteaexports.com/tea-plantation/ (2014: 875,000 t leaf = 175,000 t tea; mean 8 t leaf/ha)"
TEAHG: Final = (
    "https://hoptacxa.vn/vn/post/ha-giang-day-manh-cong-tac-bao-ton-va-khai-thac-gia-tri-che-shan-tuyet-co-thu "
    "(67,250 t leaf on 18,070 ha = 3.7, 90 % shan)"
)
TEAWITH: Final = "https://ahmadtea.ee/ee/info/tea-road/drying (wither loses 40 % N India, 50 % S India/Ceylon, to 55 %)"
TEAISO: Final = "https://fordeinternational.com/tea.php (ISO 3720 / ISO 11287 table)"
TEAHAM: Final = "https://hansimex.com.vn/san-pham/green-tea (VN green tea: moisture 7.5 % max, ash 4-8, soluble 34 min)"
OOLGB: Final = "GB/T 30357.1-2013 oolong (named at http://bzgfw.com/standard-page74398.html; limits not read)"
PAN26: Final = (
    "https://www.vccinews.com/news/32413/.html (raw to fillet 2.6; 1 kg by-product gives 0.2 kg fat + 0.3 kg meal)"
)
PAN2: Final = (
    "https://cetmar.org/DOCUMENTACION/dyp/Aquafeeds/files/assets/basic-html/page42.html (whole fillet "
    "1.9-2.2 kg fish per kg)"
)
PAN40: Final = (
    "https://tailieu.vn/doc/protein-hydrolysate-hydroxyapatite-recovery-catfish-byproducts-shrimp-feed-2503684.html "
    "(fillet about 40 %; 1,519,000 t on 7,127 ha in 2019)"
)
PANGLZ: Final = (
    "QCVN 02-27:2017/BNNPTNT, http://nafi6.gov.vn/... and "
    "https://www.vinhhoan.com/industry-news-vietnam-relaxes-pangasius-moisture-content-rules/ (glaze at "
    "most 20 %, moisture at most 86 %; 2014 decree 10 and 83)"
)
PANPOND: Final = (
    "https://seafood-tip.com/sourcing-intelligence/countries/vietnam/pangasius/pond/ (50 fish/m2, 650 "
    "t/ha/y, main season Apr-Sep)"
)
PAN300: Final = (
    "https://thefishsite.com/articles/breeding-pangasius-for-sustainability (300 t/ha on 76 % of farms; "
    "35-40 fish/m2; 6-7 months)"
)
